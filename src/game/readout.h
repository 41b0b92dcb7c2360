// Read-outs: from the numbers that a KataGo network puts out to what they mean for the game, under the names
// of KataGo's `kata-raw-nn`. All in double precision. Source: KataGo's post-processing of network outputs
// (nneval), by network version:
//   version 3     one score output, the argument of an arc tangent; no lead, no errors
//   versions 4-7  score mean and its spread
//   later         8 adds lead, 9 the time left and the short-term errors, 10 and 14 change the form of those
//                 errors; 12 adds an optimistic policy
#pragma once
#include <array>
#include <limits>
#include <vector>

#include "base/json.h"
#include "game/history.h"

namespace lathe::game {

// Factors that network files of version 13 and later carry; older ones have these.
struct PostProcess {
    double score_mean = 20;
    double score_spread = 20;
    double lead = 20;
    double time_left = 40;
    double shortterm_winloss_error = 0.25;
    double shortterm_score_error = 30;  // 150 in the files of version 13 and later
};

// Of one position, from the point of view of the player to move, on a tensor of height x width with the board
// in its upper left corner. A symmetry, if one was applied to the inputs, is still in policy and ownership.
struct RawOutputs {
    int model_version = 0;
    int height = 0;
    int width = 0;
    std::vector<double> policy;  // [height * width + 1] logits, the last one for passing
    std::vector<double> optimistic_policy;  // the same, or empty
    std::array<double, 3> value{};  // logits of win, loss, no result
    std::vector<double> score_value;  // 1, 2, 4 or 6 numbers, before scaling
    std::vector<double> ownership;  // [height * width] before tanh; may be empty
    PostProcess post_process;
    int symmetry = 0;
};

struct ReadOutOptions {
    double optimism = 0;  // 0 to 1: how much of the optimistic policy
    double temperature = 1;  // of the policy
};

inline constexpr double kIllegal = std::numeric_limits<double>::quiet_NaN();

// Points row by row, of the board alone. White's point of view. -1: this version of networks does not tell.
struct ReadOut {
    int board_width = 0;
    int board_height = 0;
    Color to_move = Color::kBlack;
    double white_win = 0;
    double white_loss = 0;
    double no_result = 0;
    double white_lead = 0;  // the score to be fair to both, in points
    double white_score_selfplay = 0;  // expected final score
    double white_score_selfplay_sq = 0;  // and expected square of it
    double var_time_left = -1;
    double shortterm_winloss_error = -1;
    double shortterm_score_error = -1;
    std::vector<double> policy;  // probabilities; NaN where a move is illegal
    double policy_pass = 0;
    std::vector<double> white_ownership;  // -1 Black's to 1 White's; empty when the network was not asked

    // Of all games, White's share, no results counting half.
    double white_win_rate() const { return white_win + 0.5 * no_result; }
};

// Errors: sizes that do not fit the version, the tensor or the board; numbers that are not finite; options
// out of range.
Result<ReadOut> read_out(const RawOutputs& raw, const History& history, const ReadOutOptions& options = {});

// whiteWin, whiteLoss, noResult, whiteLead, whiteScoreSelfplay, whiteScoreSelfplaySq, varTimeLeft,
// shorttermWinlossError, shorttermScoreError, policy, policyPass, whiteOwnership, toMove ("B" or "W"); NaN
// becomes null.
Json to_json(const ReadOut& readout);

}  // namespace lathe::game
