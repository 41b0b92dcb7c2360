// Models filled by rule give timm's logits, by the cpu engine, small ones by the reference engine too. Small models always;
// all of them when LATHE_LONG is set.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/threads.h"
#include "glob.h"
#include "reference.h"
#include "run/cpu/cpu.h"
#include "run/reference.h"
#include "zoo/timm/families.h"
#include "zoo/timm/timm.h"

namespace lathe::timm_test {
namespace {

constexpr int64_t kSmallParameters = 6'000'000;
constexpr int64_t kSmallPixels = 256 * 256;

Result<zoo::timm::Built> build(const Json& answer) {
    TRY(const auto chosen, zoo::timm::choose_model(answer["model"].get<std::string>()));
    zoo::timm::Options options;
    options.in_channels = answer["input_size"][0].get<int64_t>();
    options.input_size = {answer["input_size"][1].get<int64_t>(), answer["input_size"][2].get<int64_t>()};
    options.num_classes = answer["num_classes"].get<int64_t>();
    const auto weights = zoo::nn::weights_by_rule(answer["gain"].get<double>());
    return zoo::timm::build(chosen, *weights, options);
}

Tensor input_of(const Json& answer) {
    Shape shape = answer["input_size"].get<Shape>();
    shape.insert(shape.begin(), 1);
    const zoo::nn::UnitNoise noise("input");
    TensorBuilder builder(DType::kF32, shape);
    auto values = builder.values<float>();
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(noise(i));
    return builder.finish();
}

double tolerance_of(const Json& answer) {
    const Json& relative = answer["fp32_vs_fp64_rel"];
    return relative.is_number() ? std::max(1e-4, 50 * relative.get<double>()) : 1e-3;
}

// max|a - b| / max|b|; negative when the shapes do not fit.
double error_of(const Tensor& ours, const Json& answer) {
    if (answer["logits_shape"].get<Shape>() != ours.shape()) return -1;
    const auto logits = answer["logits"].get<std::vector<double>>();
    const auto values = ours.to_contiguous().to_doubles();
    const auto stride = answer.contains("logits_stride") && answer["logits_stride"].is_number()
                            ? answer["logits_stride"].get<size_t>()
                            : 1;
    double worst = 0, largest = 0;
    for (size_t i = 0; i < logits.size(); ++i) {
        if (i * stride >= values.size()) return -1;
        const double gap = std::abs(values[i * stride] - logits[i]);
        worst = std::isfinite(gap) ? std::max(worst, gap) : INFINITY;
        largest = std::max(largest, std::abs(logits[i]));
    }
    return worst / largest;
}

std::string describe_check(const Tensor& ours, const Json& check) {
    const auto values = ours.to_contiguous().to_doubles();
    double mean = 0, variance = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    for (const double value : values)
        variance += (value - mean) * (value - mean) / static_cast<double>(values.size());
    return format(
        "  {} ({}): {} mean {:.6g} std {:.6g} first {:.6g} | theirs {} mean {:.6g} std {:.6g} first {:.6g}\n",
        check["name"].get<std::string>(), check["type"].get<std::string>(), to_string(ours.shape()), mean,
        std::sqrt(variance), values.empty() ? 0 : values[0], check["shape"].dump(),
        check["mean"].get<double>(), check["std"].get<double>(),
        check["first"].empty() ? 0 : check["first"][0].get<double>());
}

// The modules that the answer has figures of, and ours beside them: the first that differs brackets the fault.
std::string walk_checks(const zoo::timm::Built& built, const Json& answer) {
    graph::Graph graph = built.graph;
    std::string text;
    std::vector<const Json*> checks;
    for (const Json& check : answer["checks"]) {
        const auto mark = built.marks.find(check["name"].get<std::string>());
        if (mark == built.marks.end()) {
            text += format("  {}: not marked\n", check["name"].get<std::string>());
            continue;
        }
        checks.push_back(&check);
        graph.outputs.push_back(mark->second);
    }
    const Tensor input = input_of(answer);
    const auto program = run::reference_engine().plan(graph);
    if (!program) return program.error().message;
    const auto outputs = (*program)->run(std::span(&input, 1));
    if (!outputs) return outputs.error().message;
    for (size_t i = 0; i < checks.size(); ++i) text += describe_check((*outputs)[i + 1], *checks[i]);
    return text;
}

// By one engine. Empty when the model gives the answer; else what is wrong.
std::string try_engine(const zoo::timm::Built& built, const Json& answer, const run::Engine& engine) {
    const auto start = std::chrono::steady_clock::now();
    const auto program = engine.plan(built.graph);
    if (!program) return program.error().message;
    const Tensor input = input_of(answer);
    const auto outputs = (*program)->run(std::span(&input, 1));
    if (!outputs) return outputs.error().message;
    const double error = error_of((*outputs)[0], answer), tolerance = tolerance_of(answer);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    std::cout << format("{} ({}): error {:.2e}, allowed {:.2e}, {:.2f} s\n",
                        answer["model"].get<std::string>(), engine.name(), error, tolerance, time.count())
              << std::flush;
    if (error >= 0 && error <= tolerance) return {};
    return format("{}: the result {} is {:.3g} away, allowed {:.3g}; modules:\n{}", engine.name(),
                  to_string((*outputs)[0].shape()), error, tolerance, walk_checks(built, answer));
}

bool is_small(const Json& answer) {
    const Shape size = answer["input_size"].get<Shape>();
    return answer["num_params"].get<int64_t>() <= kSmallParameters && size[1] * size[2] <= kSmallPixels;
}

// LATHE_ENGINE="cpu" or "reference": only that one, for models of any size.
bool is_run(const Json& answer, const run::Engine& engine) {
    if (const char* only = std::getenv("LATHE_ENGINE")) return engine.name() == only;
    return &engine != &run::reference_engine() || is_small(answer);
}

std::string try_model(const Json& answer) {
    const auto built = build(answer);
    if (!built) return built.error().message;
    static ThreadPool threads(1);  // several models are tried at the same time
    static const auto fast = run::cpu::make_engine(threads);
    std::string wrong;
    for (const run::Engine* engine : {static_cast<const run::Engine*>(fast.get()), &run::reference_engine()})
        if (is_run(answer, *engine)) wrong += try_engine(*built, answer, *engine);
    return wrong;
}

// LATHE_TIMM_PART="1/2": only every second model, beginning with the second.
bool in_part(size_t index) {
    const char* part = std::getenv("LATHE_TIMM_PART");
    int64_t which = 0, of = 1;
    if (part == nullptr) return true;
    const auto numbers = split(part, '/');
    return numbers.size() == 2 && parse_int(numbers[0], which) && parse_int(numbers[1], of) &&
           static_cast<int64_t>(index) % of == which;
}

struct Count {
    int good = 0, total = 0;
};
using Counts = std::map<std::string, Count>;  // by family

std::vector<Json> chosen_answers() {
    const std::vector<std::string> names = answer_names();
    const bool all = std::getenv("LATHE_LONG") != nullptr || std::getenv("LATHE_TIMM") != nullptr;
    std::vector<Json> chosen;
    for (size_t i = 0; i < names.size(); ++i) {
        auto answer = read_answer(names[i]);
        EXPECT_TRUE(answer) << names[i];
        if (!answer || !in_part(i) || !chosen_by_environment(names[i], (*answer)["module"])) continue;
        if (all || is_small(*answer)) chosen.push_back(*std::move(answer));
    }
    return chosen;
}

TEST(TimmAnswers, AreThoseOfTimm) {
    if (!have_reference()) GTEST_SKIP() << "needs ../shared";
    const std::vector<Json> answers = chosen_answers();
    std::vector<std::string> problems(answers.size());
    ThreadPool(0).parallel_for(answers.size(), [&](size_t i) { problems[i] = try_model(answers[i]); });
    Counts families;
    for (size_t i = 0; i < answers.size(); ++i) {
        Count& count = families[answers[i]["module"]];
        ++count.total;
        if (problems[i].empty()) ++count.good;
        EXPECT_EQ(problems[i], "") << answers[i]["model"];
    }
    Count sum;
    for (const auto& [family, count] : families) {
        std::cout << format("{}: {} of {}\n", family, count.good, count.total);
        sum.good += count.good;
        sum.total += count.total;
    }
    std::cout << format("{} of {} models give timm's answers\n", sum.good, sum.total);
}

}  // namespace
}  // namespace lathe::timm_test
