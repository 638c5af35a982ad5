internal import Glibc

// What of reel the benchmarks cannot reach through its commands. Each subcommand answers one line of JSON.
let words = Array(CommandLine.arguments.dropFirst())
let usage = """
  usage: reel-bench json FILE
         reel-bench make FOLDER
         reel-bench frames COUNT FOLDER
         reel-bench thumbnails SIDE FOLDER
         reel-bench workflow SHOTS NODES

  """

/// Ends the program with a word on standard error.
func refuse(_ text: String, status: Int32 = 64) -> Never {
  // `stderr` is a variable that Swift lets nobody read.
  _ = Array(text.utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  exit(status)
}

switch (words.first, words.dropFirst().count) {
case ("json", 1): JSONSpeed(file: words[1]).run()
case ("make", 1): await InstantFilm(folder: words[1]).make()
case ("frames", 2): await PictureSpeed(folder: words[2]).frames(Int(words[1]) ?? 1)
case ("thumbnails", 2): await PictureSpeed(folder: words[2]).thumbnails(side: Int(words[1]) ?? 1)
case ("workflow", 2): WorkflowSpeed(shots: Int(words[1]) ?? 1, nodes: Int(words[2]) ?? 1).run()
default: refuse(usage)
}
