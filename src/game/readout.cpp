#include "game/readout.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "game/symmetry.h"

namespace lathe::game {

namespace {

double softplus(double x) { return x > 40.0 ? x : std::log1p(std::exp(x)); }

size_t score_values_of(int model_version) {
    if (model_version >= 9) return 6;
    if (model_version == 8) return 4;
    return model_version >= 4 ? 2 : 1;
}

Status check_finite(const char* what, std::span<const double> values) {
    const bool finite =
        std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
    if (finite) return {};
    return fail("the network's {} holds NaN or infinity", what);
}

Status check_options(const ReadOutOptions& options, const RawOutputs& raw) {
    if (!(options.optimism >= 0 && options.optimism <= 1)) {
        return fail("policy optimism is {}, expected 0 to 1", options.optimism);
    }
    if (options.optimism > 0 && raw.optimistic_policy.empty()) {
        return fail(
            "policy optimism is {}, but the network has no optimistic policy (version {}); it must be 0",
            options.optimism, raw.model_version);
    }
    if (!(options.temperature > 0) || !std::isfinite(options.temperature)) {
        return fail("policy temperature is {}, expected a positive number", options.temperature);
    }
    return {};
}

Status check_sizes(const RawOutputs& raw, const Board& board) {
    if (raw.model_version < 3 || raw.model_version > 17) {
        return fail("KataGo network of version {}, expected 3 to 17", raw.model_version);
    }
    if (raw.width < board.width() || raw.height < board.height()) {
        return fail("outputs for {}x{} points cannot hold a board of {}x{}", raw.width, raw.height,
                    board.width(), board.height());
    }
    const auto points = static_cast<size_t>(raw.width) * static_cast<size_t>(raw.height);
    const auto expect = [](const char* what, size_t found, size_t expected) -> Status {
        if (found == expected) return {};
        return fail("the network's {} has {} numbers, expected {}", what, found, expected);
    };
    TRY_STATUS(expect("policy", raw.policy.size(), points + 1));
    if (!raw.optimistic_policy.empty()) {
        TRY_STATUS(expect("optimistic policy", raw.optimistic_policy.size(), points + 1));
    }
    if (!raw.ownership.empty()) TRY_STATUS(expect("ownership", raw.ownership.size(), points));
    TRY_STATUS(expect("score value", raw.score_value.size(), score_values_of(raw.model_version)));
    if (raw.symmetry < 0 || raw.symmetry >= kSymmetries || (raw.symmetry >= 4 && raw.width != raw.height)) {
        return fail("symmetry {} is not possible on {}x{} points", raw.symmetry, raw.width, raw.height);
    }
    return {};
}

// The board's part of a plane over the tensor, symmetry undone. Off the board, networks may say anything.
Result<std::vector<double>> board_part(const char* what, std::span<const double> values,
                                       const RawOutputs& raw, const Board& board) {
    const std::span<const double> plane = values.first(static_cast<size_t>(raw.width * raw.height));
    std::vector<double> upright(plane.size());
    apply_symmetry(plane, raw.width, inverse_symmetry(raw.symmetry), upright);
    std::vector<double> part;
    for (int y = 0; y < board.height(); ++y) {
        for (int x = 0; x < board.width(); ++x)
            part.push_back(upright[static_cast<size_t>(y * raw.width + x)]);
    }
    TRY_STATUS(check_finite(what, part));
    return part;
}

Status write_policy(const RawOutputs& raw, const History& history, const ReadOutOptions& options,
                    ReadOut& out) {
    std::vector<double> blended = raw.policy;
    for (size_t i = 0; options.optimism > 0 && i < blended.size(); ++i) {
        blended[i] += (raw.optimistic_policy[i] - blended[i]) * options.optimism;
    }
    TRY(out.policy, board_part("policy", blended, raw, history.board()));
    TRY_STATUS(check_finite("policy for passing", {&blended.back(), 1}));
    size_t at = 0;
    history.board().for_each_point([&](Point point) {
        if (!history.is_legal(point)) out.policy[at] = kIllegal;
        ++at;
    });
    out.policy_pass = blended.back();
    double highest = out.policy_pass;
    for (const double logit : out.policy) highest = std::isnan(logit) ? highest : std::max(highest, logit);
    double sum = 0;
    const auto exponential = [&](double& logit) {
        logit = std::exp((logit - highest) / options.temperature);
        if (!std::isnan(logit)) sum += logit;
    };
    for (double& logit : out.policy) exponential(logit);
    exponential(out.policy_pass);
    for (double& probability : out.policy) probability /= sum;
    out.policy_pass /= sum;
    return {};
}

// From the player's point of view: win, loss, no result.
std::array<double, 3> outcome(const RawOutputs& raw, const Rules& rules) {
    const bool can_have_no_result =
        raw.model_version == 3 || rules.ko == KoRule::kSimple || rules.territory();
    std::array<double, 3> chance{};
    double highest = std::max(raw.value[0], raw.value[1]);
    if (can_have_no_result) highest = std::max(highest, raw.value[2]);
    double sum = 0;
    for (size_t i = 0; i < (can_have_no_result ? 3u : 2u); ++i) {
        chance[i] = std::exp(raw.value[i] - highest);
        sum += chance[i];
    }
    for (double& each : chance) each /= sum;
    return chance;
}

// Version 3: the score as arctan(score / (2 sqrt(area))), bounded where that would be near a quarter turn.
void write_score_of_version_3(const RawOutputs& raw, const Board& board, double sign, ReadOut& out) {
    const double angle = std::atan(raw.score_value[0]);
    const double bounded =
        std::abs(angle) >= std::numbers::pi / 2 - 1e-6 ? std::copysign(1e6, angle) : std::tan(angle);
    out.white_score_selfplay = sign * bounded * 2 * std::sqrt(board.area());
    out.white_score_selfplay_sq = out.white_score_selfplay * out.white_score_selfplay;
    out.white_lead = out.white_score_selfplay;
}

void write_score(const RawOutputs& raw, double sign, ReadOut& out) {
    const PostProcess& scale = raw.post_process;
    const double with_result = 1 - out.no_result;  // no result counts as a score of 0
    const double mean = raw.score_value[0] * scale.score_mean;
    const double spread = softplus(raw.score_value[1]) * scale.score_spread;
    out.white_score_selfplay = sign * mean * with_result;
    out.white_score_selfplay_sq = (mean * mean + spread * spread) * with_result;
    const bool has_lead = raw.model_version >= 8;
    out.white_lead =
        has_lead ? sign * raw.score_value[2] * scale.lead * with_result : out.white_score_selfplay;
}

// Version 9 has its own factors; 10 to 13 predict a variance, 14 and later the square root of one.
double shortterm_error(double raw_value, int model_version, double factor, double factor_of_9) {
    if (model_version == 9) return softplus(raw_value) * factor_of_9;
    if (model_version < 14) return std::sqrt(softplus(raw_value) * factor);
    return softplus(0.5 * raw_value) * std::sqrt(factor);
}

void write_errors(const RawOutputs& raw, ReadOut& out) {
    const PostProcess& scale = raw.post_process;
    const int version = raw.model_version;
    out.var_time_left = softplus(raw.score_value[3]) * scale.time_left;
    out.shortterm_winloss_error =
        shortterm_error(raw.score_value[4], version, scale.shortterm_winloss_error, 1.0);
    out.shortterm_score_error =
        shortterm_error(raw.score_value[5], version, scale.shortterm_score_error, 10.0);
}

Json list_of(const std::vector<double>& values) {
    Json list = Json::array();
    for (const double value : values) list.push_back(std::isnan(value) ? Json() : Json(value));
    return list;
}

}  // namespace

Result<ReadOut> read_out(const RawOutputs& raw, const History& history, const ReadOutOptions& options) {
    const Board& board = history.board();
    TRY_STATUS(check_options(options, raw));
    TRY_STATUS(check_sizes(raw, board));
    TRY_STATUS(check_finite("value", raw.value));
    TRY_STATUS(check_finite("score value", raw.score_value));
    ReadOut out{.board_width = board.width(), .board_height = board.height(), .to_move = history.to_move()};
    const bool white = out.to_move == Color::kWhite;
    const double sign = white ? 1 : -1;

    const std::array<double, 3> chance = outcome(raw, history.rules());
    out.white_win = chance[white ? 0 : 1];
    out.white_loss = chance[white ? 1 : 0];
    out.no_result = chance[2];
    if (raw.model_version == 3) {
        write_score_of_version_3(raw, board, sign, out);
    } else {
        write_score(raw, sign, out);
    }
    if (raw.model_version >= 9) write_errors(raw, out);
    TRY_STATUS(write_policy(raw, history, options, out));
    if (!raw.ownership.empty()) {
        TRY(out.white_ownership, board_part("ownership", raw.ownership, raw, board));
        for (double& owner : out.white_ownership) owner = sign * std::tanh(owner);
    }
    return out;
}

Json to_json(const ReadOut& readout) {
    Json json;
    json["whiteWin"] = readout.white_win;
    json["whiteLoss"] = readout.white_loss;
    json["noResult"] = readout.no_result;
    json["whiteLead"] = readout.white_lead;
    json["whiteScoreSelfplay"] = readout.white_score_selfplay;
    json["whiteScoreSelfplaySq"] = readout.white_score_selfplay_sq;
    json["varTimeLeft"] = readout.var_time_left;
    json["shorttermWinlossError"] = readout.shortterm_winloss_error;
    json["shorttermScoreError"] = readout.shortterm_score_error;
    json["policy"] = list_of(readout.policy);
    json["policyPass"] = readout.policy_pass;
    json["whiteOwnership"] = list_of(readout.white_ownership);
    json["toMove"] = readout.to_move == Color::kWhite ? "W" : "B";
    return json;
}

}  // namespace lathe::game
