// How fast this machine is at best, by a test of well under a second.
#pragma once
#include "base/threads.h"
#include "run/cpu/kernels/kernels.h"

namespace lathe::run::cpu {

struct Rates {
    double flops = 0;  // a second: f32 multiplications with their additions, counted as two
    double read_bytes = 0;  // a second, from memory that no cache holds
};
struct Limits {
    const char* kernels = "";  // whose vectors were used
    int threads = 1;
    Rates one;  // of one thread
    Rates all;  // of all threads together
};

// clock: seconds since anything.
Limits measure_limits(ThreadPool& threads, const Kernels& kernels, double (*clock)());

}  // namespace lathe::run::cpu
