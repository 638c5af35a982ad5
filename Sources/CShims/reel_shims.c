#include "reel_shims.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/statfs.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int reel_openat(int directory, const char *path, int flags, unsigned int mode) {
  return openat(directory, path, flags | O_CLOEXEC, mode);
}

static int openat_resolving(int directory, const char *path, int flags, unsigned int mode, uint64_t resolve) {
  struct open_how how;
  memset(&how, 0, sizeof how);
  how.flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) ? mode : 0;
  how.resolve = resolve;
  for (int attempt = 0;; attempt++) {
    int descriptor = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    // EAGAIN: a rename raced with the walk of a `..`; the kernel asks to try again.
    if (descriptor >= 0 || errno != EAGAIN || attempt == 16) return descriptor;
  }
}

int reel_openat_beneath(int directory, const char *path, int flags, unsigned int mode) {
  return openat_resolving(directory, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
}

int reel_openat_without_links(int directory, const char *path, int flags, unsigned int mode) {
  return openat_resolving(directory, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

int reel_rename_noreplace(int directory, const char *from, const char *to) {
  return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

int reel_move_noreplace(int from_directory, const char *from, int to_directory, const char *to) {
  return renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE);
}

int reel_clone(int from, int to) { return ioctl(to, FICLONE, from); }

int reel_fcntl(int descriptor, int command, int argument) { return fcntl(descriptor, command, argument); }

int reel_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int reel_errno(void) { return errno; }

void reel_trim_memory(void) { malloc_trim(0); }

int reel_is_directory(unsigned int mode) { return S_ISDIR(mode); }
int reel_is_regular(unsigned int mode) { return S_ISREG(mode); }
int reel_is_link(unsigned int mode) { return S_ISLNK(mode); }

int reel_exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 255;
}

int reel_peer(int socket, pid_t *pid, uid_t *uid) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  *pid = peer.pid;
  *uid = peer.uid;
  return 0;
}

const int reel_o_path = O_PATH;

void reel_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int reel_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int reel_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

const short reel_spawn_own_session = POSIX_SPAWN_SETSID;

void reel_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }
int reel_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void reel_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1); }

static void end_child(int report) {
  int code = errno;
  if (write(report, &code, sizeof code) != sizeof code) _exit(126);
  _exit(127);
}

pid_t reel_start_program(const char *path, char *const arguments[], char *const environment[], const char *directory,
                         int input, int output, int error, int *code) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    *code = errno;
    return -1;
  }
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) {
    *code = errno;
    close(report[0]);
    close(report[1]);
    return -1;
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have died before that was asked for.
    if (getppid() != parent) _exit(126);
    setpgid(0, 0);
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
      if (write(score, "500", 3) != 3) errno = 0;
      close(score);
    }
    // Above the three, so that none of them is closed by putting another in its place.
    int in = fcntl(input, F_DUPFD_CLOEXEC, 3), out = fcntl(output, F_DUPFD_CLOEXEC, 3),
        err = fcntl(error, F_DUPFD_CLOEXEC, 3);
    if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) end_child(report[1]);
    if (chdir(directory) != 0) end_child(report[1]);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
    end_child(report[1]);
  }
  // Also here, so that the group is there when this returns.
  setpgid(child, child);
  close(report[1]);
  int refused = 0;
  ssize_t got;
  do got = read(report[0], &refused, sizeof refused);
  while (got < 0 && errno == EINTR);
  close(report[0]);
  if (got != sizeof refused) return child;
  waitpid(child, NULL, 0);
  *code = refused;
  return -1;
}

int reel_signal_descriptor(void) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &wanted, NULL) != 0) return -1;
  signal(SIGHUP, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

int reel_next_signal(int descriptor) {
  struct signalfd_siginfo information;
  return read(descriptor, &information, sizeof information) == sizeof information ? (int)information.ssi_signo : 0;
}

int reel_pidfd(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
int reel_pidfd_signal(int descriptor, int number) { return (int)syscall(SYS_pidfd_send_signal, descriptor, number, NULL, 0); }

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status;
  (void)kind;
  (void)place;
  remove(path);
  return 0;
}

void reel_remove_tree(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

static int64_t counted;

static int count_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)path;
  (void)place;
  if (kind == FTW_F) counted += (int64_t)status->st_blocks * 512;
  return 0;
}

int64_t reel_tree_size(const char *path) {
  counted = 0;
  nftw(path, count_one, 16, FTW_PHYS);
  return counted;
}

int reel_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int64_t reel_birth(int descriptor) {
  struct statx status;
  if (statx(descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0 || !(status.stx_mask & STATX_BTIME)) return 0;
  return (int64_t)status.stx_btime.tv_sec * 1000000000 + status.stx_btime.tv_nsec;
}

uint32_t reel_file_system(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}

int reel_is_sanitized(void) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return 1;
#else
  return 0;
#endif
}

// The sanitizers ask these for options before main (scripts/sanitize).
#ifdef REEL_SANITIZER_OPTIONS
const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__lsan_default_options(void);
const char *__asan_default_options(void) { return REEL_SANITIZER_OPTIONS; }
const char *__tsan_default_options(void) { return REEL_SANITIZER_OPTIONS; }
const char *__lsan_default_options(void) { return REEL_LEAK_OPTIONS; }

// Looking for leaks does not work in a process that strace watches, and ends it.
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) {
  char line[128];
  int tracer = 0;
  FILE *status = fopen("/proc/self/status", "re");
  while (status && fgets(line, sizeof line, status))
    if (sscanf(line, "TracerPid: %d", &tracer) == 1) break;
  if (status) fclose(status);
  return tracer != 0;
}
#endif
