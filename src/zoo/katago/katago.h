// KataGo: from a network file or a training checkpoint to a graph, and from a checkpoint to a network file's records.
//
// The graph (f32; batch, height and width are symbols)
//   bin_input     [batch, 22, height, width]   the planes; plane 0 is 1 on the board. 13 planes before version 7's rules
//   global_input  [batch, 19]                  12 to 19 by version
//   meta_input    [batch, 192]                 networks with an encoder of SGF metadata only
//   policy        [batch, P, height*width + 1] logits; the last one is the pass; off the board 5000 is taken away, so
//                                              that softmax gives 0. Checkpoints: P = 4, 6 or 8 (next move, reply, soft,
//                                              soft reply, long and short optimism, Q win-loss, Q score). Files: P = 1, 2
//                                              or 4 (next move, short optimism, Q win-loss, Q score)
//   value         [batch, 3]                   logits of win, loss, no result, for the side to move
//   miscvalue     [batch, M]                   checkpoints: M = 10 (score mean, score stdev, lead, variance of time, each
//                                              before its multiplier and softplus; two td values of 3). Files: the first
//                                              M <= 4 of the score outputs (version 3: an arc tangent's argument)
//   moremiscvalue [batch, N]                   checkpoints: N = 8 (short-term win-loss error, score error, td value of 3,
//                                              td scores of 3). Files from version 9: the two errors
//   ownership     [batch, 1, height, width]    before tanh
//   scoring [batch, 1, …], futurepos [batch, 2, …], seki [batch, 4, …], scorebelief [batch, 842]: checkpoints only
// Any board up to the tensor's size lies in its top left corner; nothing outside it has an influence on it.
// Networks with rotary embeddings take boards up to kLongestBoard. scorebelief always has the bins of a 19x19 board.
//
// The graph's metadata: katago.name, .version, .weights, .multipliers (seven numbers in the order of struct Multipliers),
// .pass_alive_under_suicide_rules, .longest_board (with rotary embeddings), .scorebelief, .config.
#pragma once
#include "zoo/katago/net.h"
#include "zoo/zoo.h"

namespace lathe::zoo {

namespace katago {

inline constexpr int64_t kLongestBoard = 25;

// weights (checkpoints): "model" or empty for the weights being trained, "swa" for their running average, which is
// what KataGo's own network files hold.
// Errors: a configuration that is missing, or asks for something that is not supported, by its name; weights that are
// missing, left over, of a wrong shape, NaN or infinite, by their name.
Result<Net> load(const graph::Checkpoint& checkpoint, std::string_view weights = {});

struct GraphOptions {
    std::vector<std::string> outputs;  // keep only these; empty: all
    bool intermediate = false;  // adds the second pair of heads, "intermediate_policy" and so on
};
// Errors: an output that the network does not have.
Result<graph::Graph> to_graph(const Net& net, const GraphOptions& options = {});

// The network in the form of a network file (formats/katago/katago.h), with the values that KataGo's exporter gives.
// Errors: what the file cannot hold (activations, block kinds), by its name.
Result<graph::Checkpoint> to_records(const Net& net, std::string_view name);

// A network of KataGo's shape with weights made by rule from the seed: version 15, nested bottlenecks, mish, pooling in
// every third block. Its policy and values look like those of a network, but it cannot play.
struct DemoShape {
    int64_t blocks = 6, channels = 96;
    uint64_t seed = 1;
};
graph::Checkpoint make_demo_net(const DemoShape& shape);

}  // namespace katago

// As an Architecture. Outputs that begin with "intermediate_" are there when they are asked for.
Certainty katago_detect(const graph::Checkpoint& checkpoint);
Result<graph::Graph> katago_build(const graph::Checkpoint& checkpoint, const BuildOptions& options);

}  // namespace lathe::zoo
