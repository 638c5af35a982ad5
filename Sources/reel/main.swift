internal import Commands
internal import Glibc

let words = Array(CommandLine.arguments.dropFirst())
if let status = HiddenPrograms.run(words) { exit(status) }
let program = ReelProgram()

// Nothing is awaited here: the main thread of an asynchronous main waits in sigsuspend(2) with all signals let in, and Ctrl-C
// would end the process before anyone could finish what runs. The status is given by a call: an error thrown out of `main`
// would end with a backtrace.
Task.detached { [program, words] in ReelProgram.end(await program.run(words)) }
while true { pause() }
