#include "pipeline/go_inputs.h"

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "game/features.h"
#include "game/game_record.h"
#include "graph/cost.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;
using graph::Graph;
using graph::kNoValue;

constexpr double kTrialFlops = 1e9;  // per position; larger networks are tried on a 5x5 board

struct PlaneSize {
    int height, width;
};

const graph::Dims& planes_shape(const Graph& graph) { return graph[graph.find("bin_input")].shape; }

// The size of the planes: what the graph fixes, else what the caller wants, else `free`.
PlaneSize plane_size(const Graph& graph, const graph::Bindings& sizes, PlaneSize free) {
    const auto one = [&](const graph::Dim& dim, int otherwise) {
        const auto value = dim.evaluate(sizes);
        return value ? static_cast<int>(*value) : otherwise;
    };
    return {one(planes_shape(graph)[2], free.height), one(planes_shape(graph)[3], free.width)};
}

int64_t batch_size(const Graph& graph, const graph::Bindings& sizes, int64_t free) {
    return planes_shape(graph)[0].evaluate(sizes).value_or(free);
}

// Tensors of one shape, stacked along a new first axis.
Tensor stacked(const std::vector<Tensor>& parts) {
    Shape shape = parts[0].shape();
    shape.insert(shape.begin(), static_cast<int64_t>(parts.size()));
    TensorBuilder builder(parts[0].dtype(), shape);
    auto out = builder.bytes();
    for (const Tensor& part : parts) {
        std::memcpy(out.data(), part.bytes().data(), part.bytes().size());
        out = out.subspan(part.bytes().size());
    }
    return builder.finish();
}

Result<NamedTensors> tensors_of(const Graph& graph, const std::vector<game::History>& histories,
                                PlaneSize size) {
    std::vector<Tensor> planes, globals;
    for (const game::History& history : histories) {
        TRY(const game::Features features, game::make_features(history, size.height, size.width));
        planes.push_back(features.spatial);
        globals.push_back(features.global);
    }
    NamedTensors inputs{{"bin_input", stacked(planes)}, {"global_input", stacked(globals)}};
    if (const auto meta = graph.find("meta_input"); meta != kNoValue) {
        const auto width = graph[meta].shape[1].constant().value_or(192);
        inputs.emplace_back("meta_input",
                            Tensor::filled(DType::kF32, {static_cast<int64_t>(histories.size()), width}, 0));
    }
    return inputs;
}

// A game of legal moves chosen by a hash, half the board long.
game::History played_by_rule(int width, int height, uint64_t seed) {
    game::History history(game::Board(width, height), game::Color::kBlack, game::Rules{});
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    const int area = width * height;
    for (int attempt = 0; attempt < area; ++attempt) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const int place = static_cast<int>((state >> 33) % static_cast<uint64_t>(area));
        const game::Point point = history.board().at(place % width, place / width);
        if (!history.is_legal(point)) continue;
        history.play(point, history.to_move());
        if (static_cast<int>(history.moves().size()) >= area / 2) break;
    }
    return history;
}

}  // namespace

bool takes_go_planes(const Graph& graph) {
    const auto planes = graph.find("bin_input"), globals = graph.find("global_input");
    if (planes == kNoValue || globals == kNoValue) return false;
    const auto &p = graph[planes].shape, &g = graph[globals].shape;
    return p.size() == 4 && p[1] == graph::Dim(22) && g.size() == 2 && g[1] == graph::Dim(19);
}

Result<NamedTensors> go_inputs(const Graph& graph, const std::string& sgf_path, int move) {
    if (!takes_go_planes(graph))
        return fail(
            "{}: the model does not take KataGo's planes (bin_input [N, 22, H, W] and global_input [N, 19])",
            sgf_path);
    TRY(const SharedBytes file, map_file(sgf_path));
    TRY(const auto record, with_place(game::read_game(as_text(file.bytes())), sgf_path));
    TRY(const auto history,
        with_place(game::replay(record, move < 0 ? std::nullopt : std::optional(move)), sgf_path));
    const PlaneSize size = plane_size(graph, {}, {record.height, record.width});
    return with_place(
        tensors_of(graph, std::vector<game::History>(static_cast<size_t>(batch_size(graph, {}, 1)), history),
                   size),
        sgf_path);
}

Result<int> moves_in(const std::string& sgf_path) {
    TRY(const SharedBytes file, map_file(sgf_path));
    TRY(const auto record, with_place(game::read_game(as_text(file.bytes())), sgf_path));
    return static_cast<int>(record.moves.size());
}

Result<std::vector<NamedTensors>> go_trial_inputs(const Graph& graph, const graph::Bindings& sizes,
                                                  int samples, std::string& described) {
    graph::Bindings nine = sizes;
    for (const auto& [name, size] :
         std::initializer_list<std::pair<const char*, int64_t>>{{"batch", 1}, {"height", 9}, {"width", 9}})
        nine.try_emplace(name, size);
    const auto cost = graph::cost_of(graph, nine);
    const int side = cost && cost->total.flops > kTrialFlops ? 5 : 9;
    const PlaneSize size = plane_size(graph, sizes, {side, side});
    if (size.height < game::kMinBoardSize || size.width < game::kMinBoardSize ||
        std::max(size.height, size.width) > game::kMaxBoardSize)
        return fail("there is no {}x{} board", size.width, size.height);
    const int64_t batch = batch_size(graph, sizes, side > 5 ? 2 : 1);
    if (batch < 1 || batch > 4096) return fail("a batch of {} is out of range", batch);
    std::vector<NamedTensors> sets;
    for (int i = 0; i < samples; ++i) {
        std::vector<game::History> histories;
        for (int64_t row = 0; row < batch; ++row) {
            // Every second position is on a smaller board inside the planes, so that the mask is tried too.
            const int less = row % 2 == 1 && std::min(size.height, size.width) > 4 ? 2 : 0;
            histories.push_back(played_by_rule(size.width - less, size.height - less,
                                               static_cast<uint64_t>(i * 131 + row + 1)));
        }
        TRY(auto inputs, tensors_of(graph, histories, size));
        sets.push_back(std::move(inputs));
    }
    described = format("{} set{} of {} Go position{} on {}x{}", samples, samples == 1 ? "" : "s", batch,
                       batch == 1 ? "" : "s", size.width, size.height);
    return sets;
}

}  // namespace lathe::pipeline
