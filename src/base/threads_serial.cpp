// The thread pool of systems without threads of their own: the caller does all the work.
#include "base/threads.h"

namespace lathe {

struct ThreadPool::Impl {};
ThreadPool::ThreadPool(int) : impl_(std::make_unique<Impl>()) {}
ThreadPool::~ThreadPool() = default;
int ThreadPool::threads() const { return 1; }
void ThreadPool::parallel_for(size_t count, const std::function<void(size_t)>& work) {
    for (size_t i = 0; i < count; ++i) work(i);
}
struct Lock::Impl {};

Lock::Lock() = default;
Lock::~Lock() = default;
void Lock::lock() {}
void Lock::unlock() {}
void Lock::wait() {}
void Lock::notify_all() {}

void ThreadPool::parallel_for_slots(size_t count, const std::function<void(size_t, size_t)>& work) {
    for (size_t i = 0; i < count; ++i) work(i, 0);
}
int processor_count() { return 1; }

}  // namespace lathe
