// The one thread pool, passed in by whoever runs the program. Native builds use threads.cpp; WebAssembly links
// threads_serial.cpp, which runs everything on the caller until workers exist there.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>

namespace lathe {

class ThreadPool {
public:
    explicit ThreadPool(int threads);  // 0: one per processor; 1: only the caller
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int threads() const;
    // Calls work(i) once for every i in [0, count), on all threads; returns when all are done. Which thread runs which
    // i is not defined, so results must not depend on it. While another thread is being served (or from inside work) the
    // caller does all of it.
    void parallel_for(size_t count, const std::function<void(size_t)>& work);
    // The same with the number of the thread, below threads(): for memory that each thread has of its own.
    void parallel_for_slots(size_t count, const std::function<void(size_t i, size_t slot)>& work);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

int processor_count();

// A mutex, and a place to wait for what another thread does. Where there is one thread only both do nothing, and nobody
// may wait for what has not happened.
class Lock {
public:
    Lock();
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    void lock();
    void unlock();
    void wait();  // locked: unlocks, waits for notify_all or for no reason, locks again
    void notify_all();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class Locked {
public:
    explicit Locked(Lock& lock) : lock_(lock) { lock_.lock(); }
    ~Locked() { lock_.unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

private:
    Lock& lock_;
};

}  // namespace lathe
