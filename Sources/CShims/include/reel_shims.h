#pragma once
// The calls that Swift cannot import: variadic ones, syscalls that glibc does not wrap, and macros.
#include <spawn.h>
#include <stdint.h>
#include <sys/types.h>

/// openat(2) with a mode; CLOEXEC is always added. Returns -1 with errno set.
int reel_openat(int directory, const char *path, int flags, unsigned int mode);

/// openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS: nothing outside `directory` can be reached, by `..` or by a link.
/// Returns -1 with errno set: EXDEV when the path leads out, ENOSYS on kernels before 5.6.
int reel_openat_beneath(int directory, const char *path, int flags, unsigned int mode);

/// The same with RESOLVE_NO_SYMLINKS: no part of the path may be a link, the last one neither. ELOOP where one is.
int reel_openat_without_links(int directory, const char *path, int flags, unsigned int mode);

/// renameat2(2) with RENAME_NOREPLACE within one directory: EEXIST when the new name is taken.
int reel_rename_noreplace(int directory, const char *from, const char *to);
// The same from one folder to another.
int reel_move_noreplace(int from_directory, const char *from, int to_directory, const char *to);

/// ioctl(FICLONE): makes `to` share the bytes of `from` where the file system can. Returns -1 with errno set.
int reel_clone(int from, int to);

/// fcntl(2) with an int argument.
int reel_fcntl(int descriptor, int command, int argument);

/// ioctl(TIOCGWINSZ): columns of the terminal, 0 when it is none.
int reel_terminal_columns(int descriptor);

/// The value of errno after the last failed call of this thread.
int reel_errno(void);

/// S_IFMT macros as functions of st_mode.
int reel_is_directory(unsigned int mode);
int reel_is_regular(unsigned int mode);
int reel_is_link(unsigned int mode);

/// wait status macros: the exit status, or 128 + the signal's number.
int reel_exit_status(int wait_status);

/// SO_PEERCRED: the pid and uid of the process at the other end of a Unix socket. Returns 0, or -1 with errno set.
int reel_peer(int socket, pid_t *pid, uid_t *uid);

/// O_PATH, which glibc shows only to GNU sources.
extern const int reel_o_path;

/// malloc_trim(3): gives memory that is free back to the system.
void reel_trim_memory(void);

/// Names the calling thread, for top and debuggers; at most 15 bytes.
void reel_name_thread(const char *name);

/// posix_spawn_file_actions_addclosefrom_np and _addchdir_np, which glibc shows only to GNU sources.
int reel_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
int reel_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path);
/// POSIX_SPAWN_SETSID, which glibc shows only to GNU sources.
extern const short reel_spawn_own_session;

/// statfs(2): the magic number of the file system that a path lies on (linux/magic.h), 0 when it cannot be asked.
uint32_t reel_file_system(const char *path);

/// statx(2): when an open file or folder was made, nanoseconds since 1970; 0 where the file system does not know.
int64_t reel_birth(int descriptor);

/// Whether this is built with a sanitizer, which takes terabytes of address space for itself.
int reel_is_sanitized(void);

/// prctl(PR_SET_PDEATHSIG): the calling process gets SIGKILL when the thread that started it ends.
void reel_die_with_parent(void);
/// eventfd(2) with CLOEXEC and NONBLOCK, for waking a thread that polls. Returns -1 with errno set.
int reel_eventfd(void);

/// prctl(PR_SET_CHILD_SUBREAPER): whoever descends from this process and loses its parent becomes its child.
void reel_adopt_orphans(void);

/// Starts a program in a process group of its own that dies with the calling thread, is the first to go when memory runs out, has
/// default signals and no blocked ones, and runs in `directory`. Nothing but the three descriptors gets through (all others must be
/// CLOEXEC). For processes with one thread only, as it forks.
/// Returns the pid, or -1 with `*code` set to the errno of what went wrong.
pid_t reel_start_program(const char *path, char *const arguments[], char *const environment[], const char *directory,
                         int input, int output, int error, int *code);

/// Blocks SIGTERM and SIGCHLD for this thread, ignores SIGHUP, SIGINT, SIGQUIT and SIGPIPE, and returns a descriptor that can be read
/// when one of the blocked ones came (signalfd, CLOEXEC, NONBLOCK); -1 with errno set.
int reel_signal_descriptor(void);
/// The number of the next signal that came; 0 when there is none.
int reel_next_signal(int descriptor);

/// pidfd_open(2) and pidfd_send_signal(2). Return -1 with errno set: ENOSYS on kernels before 5.3.
int reel_pidfd(pid_t pid);
int reel_pidfd_signal(int descriptor, int number);

/// Removes a folder with everything in it; links are not followed. What cannot be removed stays.
void reel_remove_tree(const char *path);
/// The bytes that the files below a folder take up on disk. For one thread at a time.
int64_t reel_tree_size(const char *path);

/// pipe2(2) with CLOEXEC and, for the end that is read, NONBLOCK. Returns 0, or -1 with errno set.
int reel_pipe(int ends[2]);
