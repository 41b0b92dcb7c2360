#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

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
namespace amx {
void bf16_product(const Bf16Product&, size_t first, size_t last, size_t first_panel, size_t last_panel);
}

namespace {

bool has_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

// Whether there are tiles for bf16, and the system lets this process use them (Linux, Documentation/arch/x86/xstate.rst).
bool has_bf16_tiles() {
    constexpr unsigned kTile = 1u << 24, kBf16 = 1u << 22;  // of EDX of leaf 7
    constexpr long kAskForState = 0x1023, kTileData = 18;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & kTile) == 0 || (d & kBf16) == 0) return false;
    return syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
}

const Kernels& amx_kernels() {
    static const Kernels table = [] {
        Kernels kernels = avx512::kTable;
        kernels.name = "amx";
        kernels.bf16_product = amx::bf16_product;
        return kernels;
    }();
    return table;
}

}  // namespace

KernelList available_kernels() {
    static const Kernels* list[4];
    static const size_t count = [] {
        size_t n = 0;
        list[n++] = &sse4::kTable;
        __builtin_cpu_init();
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return n;
        list[n++] = &avx2::kTable;
        if (!has_avx512()) return n;
        list[n++] = &avx512::kTable;
        if (has_bf16_tiles()) list[n++] = &amx_kernels();
        return n;
    }();
    return {list, count};
}

}  // namespace lathe::run::cpu
