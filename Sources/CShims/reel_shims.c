#include "reel_shims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/statfs.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int reel_openat(int directory, const char *path, int flags, unsigned int mode) {
  return openat(directory, path, flags | O_CLOEXEC, mode);
}

int reel_openat_beneath(int directory, const char *path, int flags, unsigned int mode) {
  struct open_how how;
  memset(&how, 0, sizeof how);
  how.flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0;; attempt++) {
    int descriptor = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    // EAGAIN: a rename raced with the walk of a `..`; the kernel asks to try again.
    if (descriptor >= 0 || errno != EAGAIN || attempt == 16) return descriptor;
  }
}

int reel_rename_noreplace(int directory, const char *from, const char *to) {
  return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

int reel_clone(int from, int to) { return ioctl(to, FICLONE, from); }

int reel_fcntl(int descriptor, int command, int argument) { return fcntl(descriptor, command, argument); }

int reel_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int reel_errno(void) { return errno; }

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

void reel_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }
int reel_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

uint32_t reel_file_system(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}
