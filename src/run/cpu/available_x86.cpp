#include "run/cpu/kernels/kernels.h"

namespace lathe::run::cpu {

namespace sse4 {
extern const Kernels kTable;
}
namespace avx2 {
extern const Kernels kTable;
}
namespace avx512 {
extern const Kernels kTable;
}

KernelList available_kernels() {
    static const Kernels* list[3];
    static const size_t count = [] {
        size_t n = 0;
        list[n++] = &sse4::kTable;
        __builtin_cpu_init();
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return n;
        list[n++] = &avx2::kTable;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
            list[n++] = &avx512::kTable;
        return n;
    }();
    return {list, count};
}

}  // namespace lathe::run::cpu
