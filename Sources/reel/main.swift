internal import Commands
internal import Glibc

// The status is given by exit(3): an error thrown out of `main` would end with a backtrace.
exit(await ReelProgram().run(Array(CommandLine.arguments.dropFirst())))
