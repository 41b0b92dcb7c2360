#include "base/threads.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace lathe {

namespace {

// Looks this many times, letting others run in between, before it sleeps: waking takes longer than much of the work does.
constexpr int kLooks = 200;
template <class Condition>
void look_for(Condition condition) {
    for (int i = 0; i < kLooks && !condition(); ++i) std::this_thread::yield();
}

}  // namespace

struct ThreadPool::Impl {
    std::mutex mutex;
    std::condition_variable start, finished;
    std::vector<std::thread> workers;
    std::atomic<bool> in_use{false};
    // One round: workers that come while it is open take part; nobody waits for those that come later.
    const std::function<void(size_t, size_t)>* work = nullptr;
    size_t count = 0;
    std::atomic<size_t> next{0};
    std::atomic<uint64_t> round{0};
    std::atomic<size_t> active{0};
    bool open = false;
    bool stopping = false;

    void drain(size_t slot) {
        for (size_t i; (i = next.fetch_add(1)) < count;) (*work)(i, slot);
    }

    void serve(size_t slot) {
        uint64_t seen = 0;
        for (;;) {
            look_for([&] { return round.load() != seen; });
            {
                std::unique_lock lock(mutex);
                start.wait(lock, [&] { return stopping || round != seen; });
                if (stopping) return;
                seen = round;
                if (!open) continue;
                ++active;
            }
            drain(slot);
            const std::lock_guard lock(mutex);
            if (--active == 0) finished.notify_one();
        }
    }
};

ThreadPool::ThreadPool(int threads) : impl_(std::make_unique<Impl>()) {
    const int total = threads > 0 ? threads : processor_count();
    for (int i = 1; i < total; ++i)
        impl_->workers.emplace_back([this, i] { impl_->serve(static_cast<size_t>(i)); });
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
        ++impl_->round;
    }
    impl_->start.notify_all();
    for (auto& worker : impl_->workers) worker.join();
}

int ThreadPool::threads() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::parallel_for(size_t count, const std::function<void(size_t)>& work) {
    parallel_for_slots(count, [&work](size_t i, size_t) { work(i); });
}

void ThreadPool::parallel_for_slots(size_t count, const std::function<void(size_t, size_t)>& work) {
    auto& pool = *impl_;
    if (pool.workers.empty() || count < 2 || pool.in_use.exchange(true)) {
        for (size_t i = 0; i < count; ++i) work(i, 0);
        return;
    }
    {
        const std::lock_guard lock(pool.mutex);
        pool.work = &work;
        pool.count = count;
        pool.next = 0;
        pool.open = true;
        ++pool.round;
    }
    pool.start.notify_all();
    pool.drain(0);
    look_for([&] { return pool.active == 0; });
    {
        std::unique_lock lock(pool.mutex);
        pool.open = false;
        pool.finished.wait(lock, [&] { return pool.active == 0; });
    }
    pool.in_use = false;
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
