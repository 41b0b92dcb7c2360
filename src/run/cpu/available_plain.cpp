// Where there is one instruction set only: WebAssembly's and ARM's 128-bit vectors.
#include "run/cpu/kernels/kernels.h"

namespace lathe::run::cpu {

namespace plain {
extern const Kernels kTable;
}

KernelList available_kernels() {
    static const Kernels* const list[] = {&plain::kTable};
    return {list, 1};
}

}  // namespace lathe::run::cpu
