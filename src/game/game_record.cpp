#include "game/game_record.h"

#include <algorithm>

#include "base/text.h"

namespace lathe::game {

namespace {

struct Place {
    int x = 0;
    int y = 0;
};

int coordinate(char c) {
    if (c >= 'a' && c <= 'z') return c - 'a';
    if (c >= 'A' && c <= 'Z') return c - 'A' + 26;
    return -1;
}

class GameReader {
public:
    GameReader(const SgfTree& tree, const RecordDefaults& defaults) : tree_(tree), defaults_(defaults) {}

    Result<GameRecord> run() {
        const SgfNode& root = tree_.nodes.front();
        if (const std::string* game = root.value("GM"); game != nullptr && trim(*game) != "1") {
            return fail("SGF@{}: GM[{}] is not the game of Go (GM[1])", offset_of(root, "GM"),
                        printable(*game, 20));
        }
        TRY_STATUS(read_size(root));
        read_rules(root);
        TRY_STATUS(read_komi(root));
        for (const int index : tree_.main_line()) {
            TRY_STATUS(read_node(tree_.nodes[static_cast<size_t>(index)]));
        }
        read_first_to_move(root);
        note_missing_handicap(root);
        copy_text(root, "PB", record_.black_name);
        copy_text(root, "PW", record_.white_name);
        copy_text(root, "EV", record_.event);
        copy_text(root, "DT", record_.date);
        copy_text(root, "RE", record_.result);
        return std::move(record_);
    }

private:
    static size_t offset_of(const SgfNode& node, std::string_view name) {
        return node.find(name)->offset_bytes;
    }

    static void copy_text(const SgfNode& node, std::string_view name, std::string& text) {
        if (const std::string* value = node.value(name)) text = *value;
    }

    Status read_size(const SgfNode& root) {
        const std::string* size = root.value("SZ");
        if (size == nullptr) return {};
        const std::vector<std::string_view> parts = split(*size, ':');
        int64_t width = 0;
        int64_t height = 0;
        const bool read = parts.size() <= 2 && parse_int(trim(parts.front()), width) &&
                          parse_int(trim(parts.back()), height);
        const auto fits = [](int64_t n) { return n >= kMinBoardSize && n <= kMaxBoardSize; };
        if (!read || !fits(width) || !fits(height)) {
            return fail("SGF@{}: SZ[{}], expected a board size from {} to {}, or width:height",
                        offset_of(root, "SZ"), printable(*size, 20), kMinBoardSize, kMaxBoardSize);
        }
        record_.width = static_cast<int>(width);
        record_.height = static_cast<int>(height);
        board_ = Board(record_.width, record_.height);
        return {};
    }

    void read_rules(const SgfNode& root) {
        const std::string* text = root.value("RU");
        record_.rules = defaults_.forced_rules.value_or(defaults_.rules);
        if (defaults_.forced_rules) return;
        if (text == nullptr) {
            record_.notes.push_back(
                format("the file names no rules (RU); using {}", to_compact(record_.rules)));
            return;
        }
        if (auto rules = parse_rules(*text)) {
            record_.rules = *rules;
        } else {
            record_.notes.push_back(format("RU[{}] is not understood; using {}", printable(*text, 40),
                                           to_compact(record_.rules)));
        }
    }

    Status read_komi(const SgfNode& root) {
        const std::string* text = root.value("KM");
        if (defaults_.forced_komi) {
            record_.rules.komi = *defaults_.forced_komi;
            return {};
        }
        if (text == nullptr || trim(*text).empty()) {
            record_.notes.push_back(format("the file names no komi (KM); using {}", record_.rules.komi));
            return {};
        }
        double komi = 0;
        if (!parse_double(trim(*text), komi)) {
            return fail("SGF@{}: KM[{}] is not a number", offset_of(root, "KM"), printable(*text, 20));
        }
        const double written = komi;
        const std::string* program = root.value("AP");
        if (program != nullptr && program->starts_with("foxwq") && komi > 100) {
            komi = komi < 400 ? komi / 50 : komi / 100;  // hundredths of a stone, or of a point
        } else if (!is_usable_komi(komi) && is_usable_komi(2 * komi) && !record_.rules.territory()) {
            komi *= 2;  // stones, as Chinese records count them
        }
        if (!is_usable_komi(komi)) {
            return fail("SGF@{}: KM[{}], expected a multiple of 0.5 between {} and {}", offset_of(root, "KM"),
                        printable(*text, 20), -kMaxKomi, kMaxKomi);
        }
        if (komi != written) record_.notes.push_back(format("KM[{}] is read as komi {}", trim(*text), komi));
        record_.rules.komi = static_cast<float>(komi);
        return {};
    }

    Status read_node(const SgfNode& node) {
        for (const SgfProperty& property : node.properties) {
            if (property.name == "AB") TRY_STATUS(read_setup(property, Color::kBlack));
            if (property.name == "AW") TRY_STATUS(read_setup(property, Color::kWhite));
            if (property.name == "AE") TRY_STATUS(read_setup(property, Color::kEmpty));
        }
        for (const SgfProperty& property : node.properties) {
            if (property.name == "B") TRY_STATUS(read_moves(property, Color::kBlack));
            if (property.name == "W") TRY_STATUS(read_moves(property, Color::kWhite));
        }
        return {};
    }

    Result<Place> read_place(const SgfProperty& property, std::string_view text) const {
        const Place place =
            text.size() == 2 ? Place{coordinate(text[0]), coordinate(text[1])} : Place{-1, -1};
        if (place.x >= 0 && place.x < record_.width && place.y >= 0 && place.y < record_.height) return place;
        return fail("SGF@{}: {}[{}] is not a point of the {}x{} board", property.offset_bytes, property.name,
                    printable(text, 20), record_.width, record_.height);
    }

    Status read_setup(const SgfProperty& property, Color color) {
        if (!record_.moves.empty()) {
            return fail("SGF@{}: {} sets up stones after move {}; expected them before the first move only",
                        property.offset_bytes, property.name, record_.moves.size());
        }
        for (const std::string& value : property.values) {
            const std::string_view text = trim(value);
            const size_t colon = text.find(':');
            TRY(const Place from, read_place(property, text.substr(0, colon)));
            Place to = from;
            if (colon != std::string_view::npos) {
                TRY(to, read_place(property, text.substr(colon + 1)));
            }
            if (to.x < from.x || to.y < from.y) {
                return fail("SGF@{}: {}[{}] is not a rectangle from its upper left to its lower right corner",
                            property.offset_bytes, property.name, printable(text, 20));
            }
            TRY_STATUS(set_up(property, from, to, color));
        }
        return {};
    }

    Status set_up(const SgfProperty& property, Place from, Place to, Color color) {
        for (int x = from.x; x <= to.x; ++x) {
            for (int y = from.y; y <= to.y; ++y) {
                bool& used = set_up_[static_cast<size_t>(y * kMaxBoardSize + x)];
                if (used) {
                    return fail("SGF@{}: {} sets up the point at column {}, row {} a second time",
                                property.offset_bytes, property.name, x + 1, y + 1);
                }
                used = true;
                record_.setup.push_back({board_.at(x, y), color});
            }
        }
        return {};
    }

    Status read_moves(const SgfProperty& property, Color color) {
        for (const std::string& value : property.values) {
            if (record_.moves.size() >= kMaxMoves) {
                return fail("SGF@{}: more than {} moves", property.offset_bytes, kMaxMoves);
            }
            const std::string_view text = trim(value);
            const bool small = record_.width <= 19 || record_.height <= 19;
            Point point = kPass;
            if (!text.empty() && !(text == "tt" && small)) {
                TRY(const Place place, read_place(property, text));
                point = board_.at(place.x, place.y);
            }
            record_.moves.push_back({{point, color}, property.offset_bytes});
        }
        return {};
    }

    void read_first_to_move(const SgfNode& root) {
        bool any_black = false;
        bool only_black = true;
        for (const Stone& stone : record_.setup) {
            any_black = any_black || stone.color == Color::kBlack;
            only_black = only_black && stone.color == Color::kBlack;
        }
        record_.first_to_move = any_black && only_black ? Color::kWhite : Color::kBlack;
        if (const std::string* player = root.value("PL")) {
            const std::string_view name = trim(*player);
            const char first = name.empty() ? ' ' : name.front();
            if (first == 'B' || first == 'b') record_.first_to_move = Color::kBlack;
            if (first == 'W' || first == 'w') record_.first_to_move = Color::kWhite;
        }
        if (!record_.moves.empty()) record_.first_to_move = record_.moves.front().move.color;
    }

    void note_missing_handicap(const SgfNode& root) {
        const std::string* text = root.value("HA");
        int64_t stones = 0;
        if (text == nullptr || !parse_int(trim(*text), stones) || stones < 2) return;
        const bool white_first = !record_.moves.empty() && record_.first_to_move == Color::kWhite;
        if (record_.setup.empty() && white_first) {
            record_.notes.push_back(format("HA[{}], but the file places no handicap stones (AB)", stones));
        }
    }

    const SgfTree& tree_;
    const RecordDefaults& defaults_;
    GameRecord record_;
    Board board_{19, 19};  // for its geometry
    std::array<bool, kMaxBoardSize * kMaxBoardSize> set_up_{};
};

std::string describe(const Board& board, size_t index, const RecordedMove& recorded) {
    return format("move {} ({} {}, byte {})", index + 1,
                  recorded.move.color == Color::kBlack ? "Black" : "White",
                  point_name(board, recorded.move.point), recorded.offset_bytes);
}

}  // namespace

Result<GameRecord> read_game(const SgfTree& tree, const RecordDefaults& defaults) {
    return GameReader(tree, defaults).run();
}

Result<GameRecord> read_game(std::string_view sgf_text, const RecordDefaults& defaults) {
    TRY(const SgfTree tree, parse_sgf(sgf_text));
    return read_game(tree, defaults);
}

Result<History> replay(const GameRecord& record, std::optional<int> move_count, const HistoryOptions& options,
                       std::vector<std::string>* notes) {
    const size_t count = move_count ? static_cast<size_t>(std::max(*move_count, 0)) : record.moves.size();
    if (count > record.moves.size() || move_count.value_or(0) < 0) {
        return fail("move {} was asked for, but the game has moves 0 to {}", *move_count,
                    record.moves.size());
    }
    Board board(record.width, record.height);
    if (const Point dead = board.set_stones(record.setup); dead != kNoPoint) {
        return fail("the stones set up leave the one at {} without a liberty", point_name(board, dead));
    }
    History history(board, record.first_to_move, record.rules, options);
    for (size_t i = 0; i < count; ++i) {
        const Move& move = record.moves[i].move;
        if (!history.playable(move.point, move.color)) {
            const bool taken = is_player(history.board().color(move.point));
            return fail("{} is illegal: {}", describe(board, i, record.moves[i]),
                        taken ? "the point is taken" : "the stone would have no liberty");
        }
        const bool legal = move.color == history.to_move() && history.is_legal(move.point);
        if (!legal && notes != nullptr) {
            notes->push_back(
                format("{} is against the rules ({}) and was played all the same",
                       describe(board, i, record.moves[i]),
                       move.color == history.to_move() ? "ko or suicide" : "not that player's turn"));
        }
        history.play(move.point, move.color);
    }
    return history;
}

std::string point_name(const Board& board, Point point) {
    if (point == kPass) return "pass";
    const char* letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ";
    return format("{}{}", letters[board.x_of(point)], board.height() - board.y_of(point));
}

}  // namespace lathe::game
