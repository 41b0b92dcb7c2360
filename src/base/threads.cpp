#include "base/threads.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace lathe {

struct ThreadPool::Impl {
    std::mutex mutex;
    std::condition_variable start, finished;
    std::vector<std::thread> workers;
    const std::function<void(size_t)>* work = nullptr;
    size_t count = 0;
    std::atomic<size_t> next{0};
    size_t busy = 0;
    uint64_t round = 0;
    bool stopping = false;

    void drain() {
        for (size_t i; (i = next.fetch_add(1)) < count;) (*work)(i);
    }

    void serve() {
        uint64_t seen = 0;
        std::unique_lock lock(mutex);
        for (;;) {
            start.wait(lock, [&] { return stopping || round != seen; });
            if (stopping) return;
            seen = round;
            lock.unlock();
            drain();
            lock.lock();
            if (--busy == 0) finished.notify_one();
        }
    }
};

ThreadPool::ThreadPool(int threads) : impl_(std::make_unique<Impl>()) {
    const int total = threads > 0 ? threads : processor_count();
    for (int i = 1; i < total; ++i) impl_->workers.emplace_back([this] { impl_->serve(); });
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->start.notify_all();
    for (auto& worker : impl_->workers) worker.join();
}

int ThreadPool::threads() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::parallel_for(size_t count, const std::function<void(size_t)>& work) {
    auto& pool = *impl_;
    if (pool.workers.empty() || count < 2) {
        for (size_t i = 0; i < count; ++i) work(i);
        return;
    }
    {
        const std::lock_guard lock(pool.mutex);
        pool.work = &work;
        pool.count = count;
        pool.next = 0;
        pool.busy = pool.workers.size();
        ++pool.round;
    }
    pool.start.notify_all();
    pool.drain();
    std::unique_lock lock(pool.mutex);
    pool.finished.wait(lock, [&] { return pool.busy == 0; });
}

struct Lock::Impl {
    std::mutex mutex;
    std::condition_variable changed;
};

Lock::Lock() : impl_(std::make_unique<Impl>()) {}
Lock::~Lock() = default;
void Lock::lock() { impl_->mutex.lock(); }
void Lock::unlock() { impl_->mutex.unlock(); }
void Lock::wait() {
    std::unique_lock held(impl_->mutex, std::adopt_lock);
    impl_->changed.wait(held);
    held.release();
}
void Lock::notify_all() { impl_->changed.notify_all(); }

int processor_count() {
    const unsigned n = std::thread::hardware_concurrency();
    return n == 0 ? 1 : static_cast<int>(n);
}

}  // namespace lathe
