// What the results of an integer product need for each column, as kernels read it.
#pragma once
#include "run/cpu/integer_epilogue.h"

namespace lathe::run::cpu {

class IntegerLists {
public:
    // Columns of so many groups, each beginning a multiple of `padded` from the first.
    IntegerLists(Lowering& lowering, const IntegerOperands& operands, const IntegerEpilogue& epilogue,
                 size_t groups, size_t columns, size_t padded);

    void add_touched(std::vector<View>& views) const;
    // Before a run's first task: the scales that only the run tells.
    void prepare(const Run& run, const IntegerEpilogue& epilogue) const;
    void set(const Run& run, size_t group, IntegerResult& result) const;

private:
    size_t groups_, columns_, padded_;
    std::optional<View> start_, scale_, bias_;
};

// The zero point of the activations, in this run.
int32_t zero_of(const Run& run, const IntegerOperands& operands);
// Weights without their zero points do not fit into int8.
bool is_wide(const IntegerOperands& operands);
// The weights' zero points, where they are not those that the type suggests: for names of packed weights.
std::string zeros_text(const IntegerOperands& operands);
inline int32_t code_at(const std::byte* codes, DType dtype, size_t i) {
    return dtype == DType::kI8 ? static_cast<int8_t>(codes[i]) : static_cast<int32_t>(codes[i]);
}

}  // namespace lathe::run::cpu
