/// How a contact sheet looks on a screen and on paper.
///
/// The ground is a neutral grey, which takes nothing from the pictures' colours. Four sizes of type, each a quarter larger than the last
/// (0.8, 1, 1.25, then 1.95 for the title); distances are steps of one scale (0.25, 0.5, 1, 2, 3 rem).
enum SheetStyle {
  /// - Parameter aspect: of the film's frame, the shape of the cells; narrow ones stand closer together.
  static func text(aspect: Double) -> String {
    let shape = min(max(aspect.isFinite ? aspect : 16.0 / 9, 0.4), 2.5)
    let (narrowest, onPaper) = shape < 0.8 ? ("12rem", 5) : shape < 1.2 ? ("15rem", 4) : ("19rem", 3)
    // Whole thousandths, so that no machine writes another number.
    let ratio = "\(Int((shape * 1000).rounded())) / 1000"
    return """
      :root {
        --ground: #ebebeb; --cell: #dadada; --ink: #161616; --quiet: #575757; --line: #c4c4c4;
      }
      @media (prefers-color-scheme: dark) {
        :root { --ground: #1b1b1b; --cell: #2a2a2a; --ink: #ededed; --quiet: #a6a6a6; --line: #3d3d3d; }
      }
      * { box-sizing: border-box; margin: 0; padding: 0; }
      html { font: 100%/1.45 Inter, system-ui, sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
      body { background: var(--ground); color: var(--ink); }
      main { max-width: 110rem; margin: 0 auto; padding: 3rem; }
      header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.25rem 2rem; }
      header p { color: var(--quiet); font-size: 0.8rem; }
      h1 { font-size: 1.95rem; line-height: 1.2; font-weight: 600; letter-spacing: -0.015em; }
      h2 { font-size: 1.25rem; line-height: 1.2; font-weight: 600; }
      h1, h2, h3, p { overflow-wrap: anywhere; }
      section { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1rem; }
      ol { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(\(narrowest), 100%), 1fr)); gap: 2rem 1.5rem; margin-top: 1rem; }
      .picture { aspect-ratio: \(ratio); background: var(--cell); overflow: hidden; }
      .picture img { display: block; width: 100%; height: 100%; object-fit: contain; }
      .none { display: flex; align-items: center; padding: 1rem 2rem; color: var(--quiet); font-size: 0.8rem; }
      h3 { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; margin-top: 0.5rem; font-size: 1rem; font-weight: 600; }
      h3 .id { flex: none; max-width: 50%; color: var(--quiet); font-size: 0.8rem; font-weight: 400; }
      .prompt { margin-top: 0.25rem; font-size: 1rem; white-space: pre-line; }
      .facts, .opinion { margin-top: 0.25rem; color: var(--quiet); font-size: 0.8rem; }
      .facts span { padding: 0 0.25rem; }
      .opinion { color: var(--ink); }
      @media (max-width: 40rem) { main { padding: 1rem; } }
      @page { margin: 14mm; }
      @media print {
        :root { --ground: #fff; --cell: #ececec; --ink: #000; --quiet: #4a4a4a; --line: #bbb; }
        html { font-size: 9pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        main { max-width: none; padding: 0; }
        ol { grid-template-columns: repeat(\(onPaper), 1fr); gap: 1.5rem 1rem; }
        li { break-inside: avoid; }
        section > header { break-after: avoid; }
      }
      """
  }
}
