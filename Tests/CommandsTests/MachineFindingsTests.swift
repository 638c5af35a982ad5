import Basics
import Testing

@testable import Commands

struct MachineFindingsTests {
  private let limits = InotifyUse(watches: 8192, instances: 128)

  @Test func `enough of both is fine, and the use is told`() {
    let finding = MachineFindings.inotify(folders: 8, InotifyUse(watches: 100, instances: 3), of: limits)
    #expect(
      finding
        == Finding(
          "inotify", .ok, "100 of 8192 watches and 3 of 128 instances in use; this project needs 8"))
  }

  @Test func `too few watches are an error with the sysctl that helps`() {
    let finding = MachineFindings.inotify(folders: 8, InotifyUse(watches: 8190, instances: 3), of: limits)
    #expect(finding.state == .error)
    #expect(finding.fix == "sudo sysctl fs.inotify.max_user_watches=524288")
  }

  @Test func `no instance left is an error with the sysctl that helps`() {
    let finding = MachineFindings.inotify(folders: nil, InotifyUse(watches: 0, instances: 128), of: limits)
    #expect(finding.state == .error)
    #expect(finding.fix == "sudo sysctl fs.inotify.max_user_instances=512")
  }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1500, "1.5 kB"), (20_000_000, "20 MB"), (2_040_000_000, "2 GB"),
    (81_000_000_000_000, "81 TB"),
  ])
  func `sizes read as people write them`(bytes: Int, text: String) {
    #expect(ByteText.text(bytes) == text)
  }
}
