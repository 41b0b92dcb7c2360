// Convolutions of codes, every channel by itself.
#include <algorithm>
#include <cstring>

#include "run/cpu/integer_work.h"

namespace lathe::run::cpu {
namespace {

struct IntegerDepthwiseWork {
    const Kernels& kernels;
    size_t batch, channels, taps, positions;
    int64_t image_stride;
    uint8_t flip;
    View x, table, padding, start, weights, sums;
    IntegerOperands operands;
    IntegerEpilogue epilogue;
    IntegerLists lists;
    size_t step, parts;  // pixels of a task

    IntegerDepthwiseWork(Lowering& lowering, const IntegerGeometry& g, const IntegerOperands& the_operands,
                         const IntegerEpilogue& the_epilogue)
        : kernels(lowering.kernels()),
          batch(g.batch),
          channels(g.groups),
          taps(g.taps),
          positions(g.positions),
          image_stride(g.image_stride),
          flip(the_operands.dtype == DType::kI8 ? 128 : 0),
          x(g.x),
          table(g.table),
          padding(lowering.new_view({g.x.shape[1]}, {0}, DType::kU8)),
          start(lowering.new_view({g.x.shape[1]}, {0}, DType::kI32)),
          operands(the_operands),
          epilogue(the_epilogue),
          lists(lowering, operands, epilogue, 1, channels, channels),
          step(std::max<size_t>(4, 16384 / channels)),
          parts((positions + step - 1) / step) {
        pack(lowering);
        operands.weights = {};
    }

    // Weights for the kernel, and for each channel their sum, and what the sums of the run begin with.
    void pack(Lowering& lowering) {
        const size_t pairs = (taps + 1) / 2;
        const HeapBytes packed(pairs * channels * 2 * sizeof(int16_t)),
            of_weights(2 * channels * sizeof(int32_t));
        std::memset(packed.data.get(), 0, packed.size);
        auto* to = reinterpret_cast<int16_t*>(packed.data.get());
        auto* sum = reinterpret_cast<int32_t*>(of_weights.data.get());
        const std::byte* codes = operands.weights.bytes().data();
        for (size_t c = 0; c < channels; ++c) {
            sum[c] = 0;
            sum[channels + c] = operands.start.empty() ? 0 : operands.start[c];
            for (size_t t = 0; t < taps; ++t) {
                const int32_t w =
                    code_at(codes, operands.weights.dtype(), c * taps + t) - operands.weight_zeros[c];
                to[(t / 2 * channels + c) * 2 + t % 2] = static_cast<int16_t>(w);
                sum[c] += w;
            }
        }
        weights = lowering.constant_view({0}, packed.freeze());
        sums = lowering.constant_view({0}, of_weights.freeze());
    }

    std::vector<View> touched() const {
        std::vector<View> views = epilogue.touched();
        views.insert(views.end(), {x, table, padding, start, weights, sums});
        lists.add_touched(views);
        if (operands.run_zero) views.push_back(*operands.run_zero);
        return views;
    }

    // What the zero point makes of padding, and of what sums begin with.
    void prepare(const Run& run) const {
        const int32_t now = zero_of(run, operands);
        std::memset(run.at<uint8_t>(padding), now, channels);
        const int32_t* sum = run.at<int32_t>(sums);
        for (size_t c = 0; c < channels; ++c)
            run.at<int32_t>(start)[c] = sum[channels + c] - (now + flip) * sum[c];
        lists.prepare(run, epilogue);
    }

    void run_task(const Run& run, size_t task) const {
        const size_t n = task / parts, first = task % parts * step, last = std::min(positions, first + step);
        IntegerDepthwise one{.codes = run.at<uint8_t>(x) + static_cast<int64_t>(n) * image_stride,
                             .flip = flip,
                             .offsets = run.at<int32_t>(table),
                             .offset_stride = static_cast<int64_t>(positions),
                             .padding = run.at<uint8_t>(padding),
                             .taps = taps,
                             .channels = channels,
                             .weights = run.at<int16_t>(weights),
                             .to = epilogue.kernel_result()};
        lists.set(run, 0, one.to);
        one.to.start = run.at<int32_t>(start);
        one.to.c = epilogue.at(run, n * positions * channels);
        kernels.integer_depthwise(one, first, last);
        if (epilogue.chain)
            epilogue.chain->run(run, kernels, n * positions + first, n * positions + last, 0, channels);
    }
};

}  // namespace

void add_integer_depthwise_step(Lowering& lowering, const Group& group, const IntegerGeometry& geometry,
                                const IntegerOperands& operands, const IntegerEpilogue& epilogue) {
    auto work = std::make_shared<IntegerDepthwiseWork>(lowering, geometry, operands, epilogue);
    lowering.add_step(lowering.describe(group, format("int8 depthwise {}", work->kernels.name)),
                      work->touched(), [work](const Run& run) -> Status {
                          work->prepare(run);
                          run.threads.parallel_for(work->batch * work->parts,
                                                   [&](size_t task) { work->run_task(run, task); });
                          return {};
                      });
}

}  // namespace lathe::run::cpu
