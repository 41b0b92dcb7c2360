#include "run/cpu/kernels/functions.h"

#define LATHE_TEXT_OF(x) #x
#define LATHE_TEXT(x) LATHE_TEXT_OF(x)

namespace lathe::run::cpu::LATHE_ISA {

extern const Kernels kTable;
const Kernels kTable = {
    .name = LATHE_TEXT(LATHE_ISA),
    .lanes = LATHE_LANES,
    .tile_rows = static_cast<int>(kTileRows),
    .panel = static_cast<int>(kPanel),
    .product = product,
    .pack_panels = pack_panels,
    .widen = widen,
    .integer_product = integer_product,
    .integer_depthwise = integer_depthwise,
    .quantize = quantize,
    .dequantize = dequantize,
    .range = range,
    .narrow = narrow,
    .bf16_product = bf16_product,
    .depthwise = depthwise,
    .pool = pool,
    .code_pool = code_pool,
    .chain = chain,
    .normalize = normalize,
    .softmax = softmax,
    .reduce = reduce,
    .attention = attention,
    .attention_scratch = attention_scratch,
    .rotate = rotate,
    .copy = copy,
    .take = take,
    .blend = blend,
    .moments = moments,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .integer_winograd_input = integer_winograd_input,
    .integer_winograd_output = integer_winograd_output,
    .multiply_adds = multiply_adds,
    .read = read,
};

}  // namespace lathe::run::cpu::LATHE_ISA
