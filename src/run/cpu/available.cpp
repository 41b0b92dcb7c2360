#include "run/cpu/kernels/kernels.h"

namespace lathe::run::cpu {

const Kernels& best_kernels() {
    const KernelList list = available_kernels();
    return *list.begin()[list.count - 1];
}

}  // namespace lathe::run::cpu
