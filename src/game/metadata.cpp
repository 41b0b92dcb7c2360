#include "game/metadata.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/text.h"

namespace lathe::game {

namespace {

// Where the groups of the 192 inputs start.
constexpr size_t kRanks = 6;
constexpr size_t kRankSteps = 34;  // per player
constexpr size_t kRatedInput = 74;
constexpr size_t kTimeControls = 75;
constexpr size_t kTimes = 82;
constexpr size_t kBoardArea = 86;
constexpr size_t kDate = 87;
constexpr int kDatePeriods = 32;
constexpr size_t kSources = 151;

// "9d" is 1, "1d" is 9, "1k" is 10, "20k" is 29; 0 for anything else.
int inverse_rank(std::string_view text) {
    int64_t number = 0;
    if (text.size() < 2 || text.size() > 3 || text.front() == '0' || text.front() == '+') return 0;
    if (!parse_int(text.substr(0, text.size() - 1), number)) return 0;
    if (text.back() == 'd' && number >= 1 && number <= 9) return static_cast<int>(10 - number);
    if (text.back() == 'k' && number >= 1 && number <= 20) return static_cast<int>(9 + number);
    return 0;
}

GameMetadata server_game(int black_rank, int white_rank, int64_t day) {
    return {.black = {.inverse_rank = black_rank, .is_human = true},
            .white = {.inverse_rank = white_rank, .is_human = true},
            .rated = Rated::kUnknown,
            .time_control = TimeControl::kByoYomi,
            .main_time_s = 1200,
            .period_time_s = 30,
            .byo_yomi_periods = 5,
            .days_since_1970 = day,
            .source = GameSource::kKgs};
}

GameMetadata professional_game(int year) {
    return {.black = {.inverse_rank = 1, .is_human = true},
            .white = {.inverse_rank = 1, .is_human = true},
            .time_control = TimeControl::kUnknown,
            .days_since_1970 = days_since_1970(year, 6, 1),
            .source = year <= 2020 ? GameSource::kGoGoD : GameSource::kGo4Go};
}

void write_player(std::span<float> inputs, size_t side, const PlayerMetadata& player) {
    inputs[side] = player.is_human ? 1.0f : 0.0f;
    inputs[2 + side] = player.is_unranked ? 1.0f : 0.0f;
    inputs[4 + side] = player.rank_unknown ? 1.0f : 0.0f;
    if (player.is_unranked) return;
    const size_t steps = std::min(static_cast<size_t>(std::max(player.inverse_rank, 0)), kRankSteps);
    std::fill_n(inputs.begin() + static_cast<std::ptrdiff_t>(kRanks + side * kRankSteps), steps, 1.0f);
}

void write_times(std::span<float> inputs, const GameMetadata& metadata) {
    constexpr double kDay = 86400.0;
    const double main = std::clamp(metadata.main_time_s, 0.0, 3.0 * kDay);
    const double period = std::clamp(metadata.period_time_s, 0.0, kDay);
    const int periods = std::clamp(metadata.byo_yomi_periods, 0, 50);
    const int moves = std::clamp(metadata.canadian_moves, 0, 50);
    inputs[kTimes] = static_cast<float>(0.4 * (std::log(main + 60.0) - 6.5));
    inputs[kTimes + 1] = static_cast<float>(0.3 * (std::log(period + 1.0) - 3.0));
    inputs[kTimes + 2] = static_cast<float>(0.5 * (std::log(periods + 2.0) - 1.5));
    inputs[kTimes + 3] = static_cast<float>(0.25 * (std::log(moves + 2.0) - 1.5));
}

// Waves with periods from 7 to 560,000 days.
void write_date(std::span<float> inputs, double days) {
    const double step = std::pow(80000, 1.0 / (kDatePeriods - 1));
    double period = 7.0;
    for (size_t i = 0; i < kDatePeriods; ++i) {
        const double turns = days / period;
        inputs[kDate + 2 * i] = static_cast<float>(std::cos(turns * 2 * std::numbers::pi));
        inputs[kDate + 2 * i + 1] = static_cast<float>(std::sin(turns * 2 * std::numbers::pi));
        period *= step;
    }
}

}  // namespace

int64_t days_since_1970(int year, int month, int day) {
    using namespace std::chrono;
    const sys_days date = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
                          std::chrono::day(static_cast<unsigned>(day));
    return date.time_since_epoch().count();
}

Result<GameMetadata> metadata_profile(std::string_view name) {
    const std::vector<std::string_view> parts = split(name, '_');
    int64_t year = 0;
    const bool professional = parts.size() == 2 && parts[0] == "proyear" && parse_int(parts[1], year);
    if (professional && year >= 1800 && year <= 2023) {
        return professional_game(static_cast<int>(year));
    }
    const bool recent = parts[0] == "rank";
    if ((recent || parts[0] == "preaz") && (parts.size() == 2 || parts.size() == 3)) {
        const int black = inverse_rank(parts[1]);
        const int white = inverse_rank(parts.back());
        const int64_t day = recent ? days_since_1970(2020, 3, 1) : days_since_1970(2016, 9, 1);
        if (black > 0 && white > 0) return server_game(black, white, day);
    }
    return fail("player profile '{}' is unknown; expected for example rank_5k, rank_3d_1k (Black, White), "
                "preaz_1d or proyear_1985",
                printable(name, 40));
}

Tensor metadata_input(const GameMetadata& metadata, Color player, int board_area) {
    TensorBuilder builder(DType::kF32, {kMetadataInputs});
    const std::span<float> inputs = builder.values<float>();
    std::fill(inputs.begin(), inputs.end(), 0.0f);
    write_player(inputs, 0, player == Color::kBlack ? metadata.black : metadata.white);
    write_player(inputs, 1, player == Color::kBlack ? metadata.white : metadata.black);
    constexpr float kRated[] = {0.0f, 1.0f, 0.5f};
    inputs[kRatedInput] = kRated[static_cast<size_t>(metadata.rated)];
    inputs[kTimeControls + static_cast<size_t>(metadata.time_control)] = 1.0f;
    write_times(inputs, metadata);
    inputs[kBoardArea] = static_cast<float>(0.5 * std::log(board_area / 361.0));
    write_date(inputs, static_cast<double>(metadata.days_since_1970));
    inputs[kSources + static_cast<size_t>(metadata.source)] = 1.0f;
    return builder.finish();
}

}  // namespace lathe::game
