// `lathe go --json` against what KataGo's `kata-raw-nn 0` printed for the same games and networks (shared/data/katago).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "program.h"
#include "wire/deflate.h"

namespace lathe::cli_test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

fs::path data_folder() {
    const char* shared = std::getenv("LATHE_SHARED");
    return fs::path(shared != nullptr ? shared : "../shared") / "data/katago";
}

json read_answer(const fs::path& path) {
    const auto file = map_file(path.string());
    if (!file) return {};
    const auto text = wire::inflate(*file, wire::Wrap::kGzip, 1 << 28);
    return text ? json::parse(as_text(*text)) : json();
}

struct Worst {
    double probability = 0, score = 0;
};

// Numbers are compared, and what is null in one must be null in the other.
double difference(const json& found, const json& expected) {
    if (expected.is_null() || found.is_null()) return expected.is_null() && found.is_null() ? 0 : INFINITY;
    if (!expected.is_array()) return std::fabs(found.get<double>() - expected.get<double>());
    if (found.size() != expected.size()) return INFINITY;
    double worst = 0;
    for (size_t i = 0; i < expected.size(); ++i) worst = std::max(worst, difference(found[i], expected[i]));
    return worst;
}

class RawNn : public CliTest {
protected:
    void compare(const json& found, const json& expected) {
        // Printed with six digits after the point (ownership with seven), the others with three. Section 1.8 of
        // reference/katago.md allows probabilities 1e-5.
        for (const char* name :
             {"whiteWin", "whiteLoss", "noResult", "policy", "policyPass", "whiteOwnership"}) {
            const double d = difference(found[name], expected[name]);
            EXPECT_LE(d, 1e-5) << name;
            worst_.probability = std::max(worst_.probability, d);
        }
        for (const char* name : {"whiteLead", "whiteScoreSelfplay", "whiteScoreSelfplaySq", "varTimeLeft",
                                 "shorttermWinlossError", "shorttermScoreError"}) {
            const double value = expected[name];
            const double d = difference(found[name], expected[name]) / std::max(1.0, std::fabs(value) / 20);
            EXPECT_LE(d, 1.5e-3) << name << " " << found[name] << ", KataGo printed " << value;
            worst_.score = std::max(worst_.score, d);
        }
    }
    Worst worst_;
};

TEST_F(RawNn, GoPrintsWhatKataGoPrints) {
    if (!fs::exists(data_folder() / "rawnn")) GTEST_SKIP() << "no KataGo data in " << data_folder();
    int answers = 0;
    for (const auto& entry : fs::directory_iterator(data_folder() / "rawnn")) {
        SCOPED_TRACE(entry.path().filename().string());
        const json answer = read_answer(entry.path());
        ASSERT_TRUE(answer.is_object());
        std::ofstream(at("game.sgf")) << answer["sgf_text"].get<std::string>();
        const fs::path net = data_folder() / "nets" / (answer["net"].get<std::string>() + ".bin.gz");
        const Outcome go = lathe("go '" + at("game.sgf") + "' --json --model '" + net.string() + "'");
        ASSERT_EQ(go.status, 0) << go.err;
        const json found = json::parse(go.out);
        EXPECT_EQ(found["toMove"], answer["harness_nnlen19_fp32"]["toMove"]);
        compare(found, answer["gtp_raw_nn_symmetry0_optimism0"]);
        ++answers;
    }
    EXPECT_EQ(answers, 54);
    std::printf("%d answers: probabilities within %.1e, scores within %.1e (of 1 or a twentieth)\n", answers,
                worst_.probability, worst_.score);
}

}  // namespace
}  // namespace lathe::cli_test
