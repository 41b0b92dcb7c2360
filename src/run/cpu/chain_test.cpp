#include <algorithm>
#include <cmath>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

// Functions whose result is the same in every float arithmetic.
constexpr Function kExact[] = {Function::kAdd,       Function::kSub,   Function::kMul,   Function::kMin,
                               Function::kMax,       Function::kNeg,   Function::kAbs,   Function::kRelu,
                               Function::kSqrt,      Function::kClip,  Function::kEqual, Function::kLess,
                               Function::kLessEqual, Function::kSelect};
float exact(const ChainStep& s, float a, float b, float c) {
    switch (s.function) {
        case Function::kAdd: return a + b;
        case Function::kSub: return a - b;
        case Function::kMul: return a * b;
        case Function::kMin: return std::isnan(a) || a < b ? a : b;
        case Function::kMax: return std::isnan(a) || a > b ? a : b;
        case Function::kNeg: return -a;
        case Function::kAbs: return std::abs(a);
        case Function::kRelu: return a < 0 ? 0 : a;
        case Function::kSqrt: return std::sqrt(a);
        case Function::kEqual: return a == b;
        case Function::kLess: return a < b;
        case Function::kLessEqual: return a <= b;
        case Function::kSelect: return a != 0 ? b : c;
        default: return a < s.p ? s.p : a > s.q ? s.q : a;
    }
}

struct ChainCase {
    std::vector<ChainStep> steps;
    std::vector<std::vector<float>> operands;
    std::vector<bool> uniform;
    std::vector<uint8_t> output_values;
    std::vector<int> in_place;  // the operand whose memory an output takes, or -1
    size_t count;
};

ChainCase random_chain(Samples& s) {
    ChainCase c;
    c.count = s.chance() ? s.size(1, 70) : s.size(1, 1100);
    const size_t operands = s.size(1, kMaxChainOperands), steps = s.size(1, kMaxChainSteps);
    for (size_t v = 0; v < operands; ++v) {
        c.uniform.push_back(s.size(0, 3) == 0);
        c.operands.push_back(s.numbers(c.uniform.back() ? 1 : c.count));
    }
    for (size_t i = 0; i < steps; ++i) {
        const auto value = [&] {
            return static_cast<uint8_t>(s.size(s.chance() ? 0 : (operands + i) / 2, operands + i - 1));
        };
        const Function function = kExact[s.size(0, std::size(kExact) - 1)];
        c.steps.push_back({function, value(), value(), -0.5f, 0.75f, value()});
    }
    std::vector<int> free_memory;
    for (size_t v = 0; v < operands; ++v)
        if (!c.uniform[v]) free_memory.push_back(static_cast<int>(v));
    for (size_t o = s.size(1, kMaxChainOutputs); o > 0; --o) {
        const bool last = c.output_values.empty();
        c.output_values.push_back(
            static_cast<uint8_t>(last ? operands + steps - 1 : s.size(0, operands + steps - 1)));
        c.in_place.push_back(-1);
        if (free_memory.empty() || s.chance()) continue;
        const size_t at = s.size(0, free_memory.size() - 1);
        c.in_place.back() = free_memory[at];
        free_memory.erase(free_memory.begin() + static_cast<ptrdiff_t>(at));
    }
    return c;
}

std::vector<std::vector<float>> expected(const ChainCase& c) {
    std::vector<std::vector<float>> outputs(c.output_values.size(), std::vector<float>(c.count));
    for (size_t i = 0; i < c.count; ++i) {
        std::vector<float> values;
        for (size_t v = 0; v < c.operands.size(); ++v) values.push_back(c.operands[v][c.uniform[v] ? 0 : i]);
        for (const ChainStep& step : c.steps)
            values.push_back(exact(step, values[step.a], values[step.b], values[step.c]));
        for (size_t o = 0; o < outputs.size(); ++o) outputs[o][i] = values[c.output_values[o]];
    }
    return outputs;
}

void check_chain(const Kernels& kernels, const ChainCase& c, Samples& s) {
    std::vector<Guarded<float>> memory;
    Chain chain{.steps = c.steps.data(),
                .step_count = c.steps.size(),
                .operand_count = c.operands.size(),
                .output_count = c.output_values.size()};
    for (const auto& operand : c.operands) {
        memory.emplace_back(operand.size());
        std::ranges::copy(operand, memory.back().data());
    }
    for (size_t o = 0; o < c.output_values.size(); ++o) memory.emplace_back(c.count);
    const auto output = [&](size_t o) -> Guarded<float>& {
        return memory[c.in_place[o] >= 0 ? static_cast<size_t>(c.in_place[o]) : c.operands.size() + o];
    };
    for (const auto& [first, last] : random_ranges(s, c.count)) {
        for (size_t v = 0; v < c.operands.size(); ++v) {
            chain.operands[v] = memory[v].data() + (c.uniform[v] ? 0 : first);
            chain.uniform[v] = c.uniform[v];
        }
        for (size_t o = 0; o < c.output_values.size(); ++o) {
            chain.outputs[o] = output(o).data() + first;
            chain.output_values[o] = c.output_values[o];
        }
        kernels.chain(chain, last - first);
    }
    const auto wanted = expected(c);
    for (size_t o = 0; o < wanted.size(); ++o)
        for (size_t i = 0; i < c.count; ++i) {
            const float got = output(o)[i];
            ASSERT_TRUE(got == wanted[o][i] || (std::isnan(got) && std::isnan(wanted[o][i])))
                << "output " << o << ", element " << i << ": " << got << ", not " << wanted[o][i];
        }
    for (const auto& m : memory) EXPECT_TRUE(m.guards_untouched());
}

TEST(Chain, StepsOfAnyValuesInPlaceOrNot) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(3);
        for (int i = 0; i < 400; ++i) {
            check_chain(*kernels, random_chain(s), s);
            if (HasFatalFailure()) FAIL() << kernels->name << ", case " << i;
        }
    }
}

template <class T>
std::vector<T> whole_numbers(Samples& s, size_t count, size_t largest) {
    std::vector<T> numbers(count);
    for (T& x : numbers) x = static_cast<T>(s.size(0, largest));
    return numbers;
}

TEST(Chain, OperandsAndResultsOfOtherTypes) {
    const ChainStep steps[] = {{Function::kLess, 3, 4},
                               {Function::kSelect, 0, 1, 0, 0, 2},
                               {Function::kSelect, 5, 6, 0, 0, 4},
                               {Function::kEqual, 6, 3}};
    for (const Kernels* kernels : available_kernels()) {
        Samples s(29);
        for (int round = 0; round < 100; ++round) {
            const size_t count = s.chance() ? s.size(1, 40) : s.size(1, 900);
            const auto truths = whole_numbers<uint8_t>(s, count, 1),
                       bytes = whole_numbers<uint8_t>(s, count, 255);
            const auto small = whole_numbers<int8_t>(s, count, 127);
            const auto numbers = whole_numbers<int32_t>(s, count, 255);
            const auto wide = whole_numbers<int64_t>(s, 1, 255);  // the same for all
            Guarded<float> chosen(count);
            Guarded<uint8_t> equal(count);
            for (const auto& [first, last] : random_ranges(s, count)) {
                Chain chain{.steps = steps, .step_count = 4, .operand_count = 5, .output_count = 2};
                const void* operands[] = {truths.data() + first, bytes.data() + first, small.data() + first,
                                          numbers.data() + first, wide.data()};
                constexpr Element kTypes[] = {Element::kBool, Element::kU8, Element::kI8, Element::kI32,
                                              Element::kI64};
                for (size_t v = 0; v < 5; ++v) {
                    chain.operands[v] = operands[v];
                    chain.operand_types[v] = kTypes[v];
                }
                chain.uniform[4] = true;
                chain.outputs[0] = chosen.data() + first;
                chain.outputs[1] = equal.data() + first;
                chain.output_types[1] = Element::kBool;
                chain.output_values[0] = 7;
                chain.output_values[1] = 8;
                kernels->chain(chain, last - first);
            }
            for (size_t i = 0; i < count; ++i) {
                const int64_t picked = truths[i] != 0 ? bytes[i] : small[i];
                ASSERT_EQ(chosen[i], static_cast<float>(numbers[i] < wide[0] ? picked : wide[0]))
                    << kernels->name << ", element " << i << " of " << count;
                ASSERT_EQ(equal[i], picked == numbers[i] ? 1 : 0) << kernels->name;
            }
            EXPECT_TRUE(chosen.guards_untouched() && equal.guards_untouched());
        }
    }
}

// A product that is fused with a sum rounds once, so an element must not depend on its place.
TEST(Chain, ElementsDoNotDependOnTheirPlace) {
    const ChainStep steps[] = {{Function::kScaleAdd, 0, 0, 1.1f, 0.3f},
                               {Function::kGelu, 1},
                               {Function::kMish, 2},
                               {Function::kSoftplus, 3},
                               {Function::kSin, 4},
                               {Function::kPow, 5, 0}};
    for (const Kernels* kernels : available_kernels()) {
        Samples s(5);
        const std::vector<float> input(300, 0.7f);
        for (size_t count = 1; count < 40; ++count) {
            std::vector<float> output(count);
            const Chain chain{.steps = steps,
                              .step_count = std::size(steps),
                              .operand_count = 1,
                              .output_count = 1,
                              .operands = {input.data()},
                              .outputs = {output.data()},
                              .output_values = {std::size(steps)}};
            kernels->chain(chain, count);
            for (const float x : output) ASSERT_EQ(x, output[0]) << kernels->name << ", count " << count;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
