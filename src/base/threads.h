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
    // i is not defined, so results must not depend on it. Not to be called from inside work.
    void parallel_for(size_t count, const std::function<void(size_t)>& work);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

int processor_count();

}  // namespace lathe
