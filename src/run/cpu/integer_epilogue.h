// What follows a product of integers: the kernel itself scales its sums, adds a bias, clamps and quantises; a chain does the
// rest.
#pragma once
#include "run/cpu/chain_work.h"
#include "run/cpu/integer_operands.h"

namespace lathe::run::cpu {

struct IntegerEpilogue {
    IntegerResult::Kind kind = IntegerResult::kSums;
    size_t columns = 0;  // of the whole result
    std::vector<float> scale, bias;  // one for each column, or none
    std::optional<View>
        run_scale;  // instead of `scale`, where only the run tells: one, or one for each column
    float low = -kInfinity, high = kInfinity;
    int32_t zero = 0;
    View value;  // where the product writes; dense in the order
    std::shared_ptr<ChainWork> chain;  // or none

    std::vector<View> touched() const;
    // For the kernel: all but the lists, and where it writes.
    IntegerResult kernel_result() const;
    void* at(const Run& run, size_t element) const;
};

// channel_axis: of the columns in the result.
IntegerEpilogue make_integer_epilogue(Lowering& lowering, const Group& group, const IntegerOperands& operands,
                                      const Order& order, size_t channel_axis);

}  // namespace lathe::run::cpu
