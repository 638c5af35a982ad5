print("reel-imaging")
