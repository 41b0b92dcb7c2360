#include "run/cpu/integer_lists.h"

#include <algorithm>
#include <cstring>

namespace lathe::run::cpu {
namespace {

template <class T>
std::optional<View> padded_view(Lowering& lowering, const std::vector<T>& values, size_t groups,
                                size_t columns, size_t padded) {
    if (values.empty()) return std::nullopt;
    const HeapBytes bytes(groups * padded * sizeof(T));
    std::memset(bytes.data.get(), 0, bytes.size);
    auto* to = reinterpret_cast<T*>(bytes.data.get());
    for (size_t group = 0; group < groups; ++group)
        std::copy_n(values.data() + group * columns, columns, to + group * padded);
    return lowering.constant_view({0}, bytes.freeze());
}

}  // namespace

IntegerLists::IntegerLists(Lowering& lowering, const IntegerOperands& operands,
                           const IntegerEpilogue& epilogue, size_t groups, size_t columns, size_t padded)
    : groups_(groups),
      columns_(columns),
      padded_(padded),
      start_(padded_view(lowering, operands.start, groups, columns, padded)),
      scale_(padded_view(lowering, epilogue.scale, groups, columns, padded)),
      bias_(padded_view(lowering, epilogue.bias, groups, columns, padded)) {
    if (epilogue.run_scale) scale_ = lowering.scratch_floats(groups * padded);
}

void IntegerLists::add_touched(std::vector<View>& views) const {
    for (const auto* view : {&start_, &scale_, &bias_})
        if (*view) views.push_back(**view);
}

void IntegerLists::prepare(const Run& run, const IntegerEpilogue& epilogue) const {
    if (!epilogue.run_scale) return;
    const float* from = run.floats(*epilogue.run_scale);
    const bool one = element_count(epilogue.run_scale->shape) == 1;
    float* to = run.floats(*scale_);
    for (size_t i = 0; i < groups_ * padded_; ++i) {
        const size_t group = i / padded_, column = i % padded_;
        to[i] = column < columns_ ? from[one ? 0 : group * columns_ + column] : 0;
    }
}

void IntegerLists::set(const Run& run, size_t group, IntegerResult& result) const {
    result.start = start_ ? run.at<int32_t>(*start_) + group * padded_ : nullptr;
    result.scale = scale_ ? run.floats(*scale_) + group * padded_ : nullptr;
    result.bias = bias_ ? run.floats(*bias_) + group * padded_ : nullptr;
}

int32_t zero_of(const Run& run, const IntegerOperands& operands) {
    if (!operands.run_zero) return operands.zero;
    const auto* code = run.at<std::byte>(*operands.run_zero);
    return code_at(code, operands.dtype, 0);
}

bool is_wide(const IntegerOperands& operands) {
    const int32_t middle = operands.weights.dtype() == DType::kI8 ? 0 : 128;
    return std::ranges::any_of(operands.weight_zeros, [&](int32_t zero) { return zero != middle; });
}

std::string zeros_text(const IntegerOperands& operands) {
    std::string text;
    if (!is_wide(operands)) return text;
    for (const int32_t zero : operands.weight_zeros) text += format(" {}", zero);
    return text;
}

}  // namespace lathe::run::cpu
