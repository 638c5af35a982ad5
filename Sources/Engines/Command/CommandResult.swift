internal import Basics
internal import Glibc
internal import Planning
internal import ProjectFiles

/// What came of a program's job: the file that is the take, or why there is none.
struct CommandResult {
  let folder: JobFolder
  let job: EngineJob
  let definition: CommandDefinition

  /// How the job's end reads for people, and whether trying again may help.
  func output(of status: JobStatus) throws(EngineError) -> EngineOutput {
    switch status.end {
    case .exited(0):
      if let error = status.error { throw EngineError(error, canPass: status.canPass) }
      if let result = status.result { return try take(result) }
      throw EngineError("the program ended without a result\(said(status))", canPass: false)
    case .exited(let code):
      if let error = status.error { throw EngineError(error, canPass: status.canPass) }
      // EX_TEMPFAIL of sysexits.h.
      throw EngineError("the program failed with status \(code)\(said(status))", canPass: code == 75)
    case .signalled(let number):
      if let error = status.error { throw EngineError(error, canPass: status.canPass) }
      // Somebody ended it; a fault of its own comes as another signal, and would come again.
      let isFromOutside = [SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(number)
      let name = strsignal(number).map { String(cString: $0).lowercased() } ?? "unknown"
      throw EngineError(
        "the program was ended by signal \(number) (\(name))\(said(status))", canPass: isFromOutside)
    case .notStarted(let code):
      let reason = FileError(code: code, action: "start", path: definition.command[0])
      let hint =
        code == ENOEXEC ? "it is no program, and has no line `#!` that says which one reads it" : reason.reason
      throw EngineError(
        "the program \(definition.command[0]) could not be started: \(hint)",
        canPass: reason.isOfTheMoment || [ENOSPC, EDQUOT, EROFS].contains(code))
    case .stopped:
      let note = status.wasKilled ? "its program did not end when asked to, and was killed" : nil
      throw EngineError("its program was ended from outside", canPass: true, note: note)
    case .overTime:
      throw tooMuch(
        "it ran longer than \(Self.plain(definition.limits.seconds)) seconds"
          + (status.wasKilled ? ", did not end when asked to, and was killed" : " and was ended"), "seconds")
    case .overMemory:
      throw tooMuch("it held more memory than \(Self.size(definition.limits.memory ?? 0)) and was killed", "memory")
    case .overSize: throw tooMuch("it wrote more than \(Self.size(definition.limits.size)) and was killed", "size")
    }
  }

  /// The same again would come to the same: a person has to say that it may have more.
  private func tooMuch(_ what: String, _ limit: String) -> EngineError {
    EngineError(
      "\(what); raise `\(limit)` in the `limits` of the engine `\(job.request.engine?.name ?? "")`", canPass: false)
  }

  private func said(_ status: JobStatus) -> String { status.lastWords.map { ": \($0)" } ?? "" }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }

  private static func size(_ bytes: Int64) -> String {
    let units: [(Int64, String)] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")]
    guard let (factor, unit) = units.first(where: { bytes >= $0.0 }) else { return "\(bytes) B" }
    return "\(plain((Double(bytes) / Double(factor) * 10).rounded() / 10)) \(unit)"
  }
}

// MARK: The file

extension CommandResult {
  /// What a program named as its result, without the folder that it was given.
  static func name(of result: String, in folder: JobFolder) -> String {
    result.hasPrefix(folder.output + "/") ? String(result.dropFirst(folder.output.count + 1)) : result
  }

  /// Opens what a program named as its result: a name in the folder that it was given, or the whole path of it.
  /// - Throws: EXDEV for what lies elsewhere, ELOOP for a link.
  static func open(_ result: String, in folder: JobFolder) throws(FileError) -> Descriptor {
    let path: ProjectPath
    do throws(ProjectPath.Refusal) {
      path = try ProjectPath(written: name(of: result, in: folder))
    } catch {
      throw FileError(code: EXDEV, action: "read", path: result)
    }
    // O_NONBLOCK: a named pipe must not hold us up.
    return try FileError.twiceRefused { () throws(FileError) in
      try Folder(opening: folder.output).open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    }
  }

  private func take(_ result: String) throws(EngineError) -> EngineOutput {
    do {
      let file = try Self.open(result, in: folder)
      let size = try MadeFile.size(of: file, result)
      if Int64(size) > definition.limits.size {
        throw tooMuch("its result `\(result)` has \(Self.size(Int64(size)))", "size")
      }
      let made = try MadeFile(file, result, for: job.request.kind)
      // By its whole path, through no link.
      guard let path = Self.path(of: file) else { throw refused(result, "cannot be found any more") }
      return EngineOutput(
        content: .file(EngineOutput.File(path: path, digest: made.digest, bytes: made.bytes)), type: made.type.name,
        width: made.type.width, height: made.type.height)
    } catch let error as EngineError {
      throw error
    } catch let error as MadeFile.Refusal {
      throw refused(result, error.predicate)
    } catch let error as FileError {
      throw refusal(error, result)
    } catch {
      preconditionFailure("Internal inconsistency: a result threw \(error)")
    }
  }

  private func refusal(_ error: FileError, _ result: String) -> EngineError {
    switch error.code {
    case EXDEV: refused(result, "lies outside of the folder that it was given")
    case ELOOP: refused(result, "is a link")
    case EISDIR: refused(result, "is a folder")
    case ENOENT, ENOTDIR: refused(result, "is not there")
    case ENXIO: refused(result, "is no regular file")
    default: EngineError("\(error)", canPass: true, isUnanswered: error.isOfTheMoment)
    }
  }

  private func refused(_ result: String, _ why: String) -> EngineError {
    EngineError("the program's result `\(String(result.prefix(200)))` \(why)", canPass: false)
  }

  /// The whole path of an open file, through no link.
  static func path(of file: borrowing Descriptor) -> String? {
    guard let resolved = realpath("/proc/self/fd/\(file.raw)", nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
