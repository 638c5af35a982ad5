internal import Commands
internal import Glibc

let program = ReelProgram()

// The status is given by exit(3): an error thrown out of `main` would end with a backtrace.
exit(await program.run(Array(CommandLine.arguments.dropFirst())))
