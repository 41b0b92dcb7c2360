// Weights in fewer bits, as Core ML's constexpr operations widen them again.
#pragma once
#include <functional>

#include "formats/coreml/model.h"
#include "formats/coreml/write.h"

namespace lathe::formats::coreml {

inline constexpr int64_t kSmallestCompressed = 2048;  // elements: coremltools' own threshold

// The operation that gives `data` as `wide` (f16 or f32), without a name and results. `channels` and `inputs`: axes of
// output and input channels. Nothing: the tensor is better left as it is.
std::optional<Operation> compress(const Tensor& data, DataType wide, Weights weights, int channels,
                                  int inputs, int64_t block);

// The numbers that such an operation gives, of the type and sizes that it says. `find` gives a parameter's constant with
// its contents, or nothing. Errors: an operation that is none of these; parameters that do not fit each other.
using FindConstant = std::function<Result<std::optional<Value>>(std::string_view)>;
Result<Tensor> decompress(const Operation& operation, const FindConstant& find);

}  // namespace lathe::formats::coreml
