// What tells ThreadSanitizer of the slow ways through Swift's Mutex.
//
// The quick ways are compiled into our own code, where it sees them. A thread that finds the mutex taken goes through Swift's library,
// which is built without the sanitizer and sleeps in the kernel: what one thread did before it let go and the other after it came in
// would look like a race. These take the place of the library's functions and go on to them. None of this is in other builds.

#if __has_feature(thread_sanitizer)

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

// Swift's convention hands the mutex over in the register for `self`.
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void reel_lock_slowly(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT bool reel_try_lock_slowly(SELF void *mutex) __asm__(TRY_LOCK);
SWIFT void reel_unlock_slowly(SELF void *mutex) __asm__(UNLOCK);

SWIFT void reel_lock_slowly(uint32_t thread, SELF void *mutex) {
  SWIFT void (*library)(uint32_t, SELF void *) = (SWIFT void (*)(uint32_t, SELF void *))dlsym(RTLD_NEXT, LOCK);
  library(thread, mutex);
  __tsan_acquire(mutex);
}

SWIFT bool reel_try_lock_slowly(SELF void *mutex) {
  SWIFT bool (*library)(SELF void *) = (SWIFT bool (*)(SELF void *))dlsym(RTLD_NEXT, TRY_LOCK);
  bool is_locked = library(mutex);
  if (is_locked) __tsan_acquire(mutex);
  return is_locked;
}

SWIFT void reel_unlock_slowly(SELF void *mutex) {
  SWIFT void (*library)(SELF void *) = (SWIFT void (*)(SELF void *))dlsym(RTLD_NEXT, UNLOCK);
  __tsan_release(mutex);
  library(mutex);
}

#endif
