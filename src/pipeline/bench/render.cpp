// The report as text for a terminal and as JSON.
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "pipeline/bench/bench.h"

namespace lathe::pipeline {
namespace {

constexpr size_t kShownSteps = 12;

// --- text ---

// Three digits and more: 0.123, 4.56, 78.9, 1234.
std::string number(double value) {
    const double size = std::fabs(value);
    return format("{:.{}f}", value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
std::string percent(double share) { return format("{:.1f} %", 100 * share); }

struct Line {
    const char* label;
    double Speed::* value = nullptr;
    double Summary::* time = nullptr;
    bool more_is_better = false;

    double of(const Speed& speed) const { return value != nullptr ? speed.*value : speed.warm.*time; }
};
constexpr Line kLines[] = {
    {"load, ms", &Speed::load_ms},
    {"first result, ms", &Speed::first_ms},
    {"median, ms", nullptr, &Summary::median_ms},
    {"fastest, ms", nullptr, &Summary::min_ms},
    {"90 of 100 within, ms", nullptr, &Summary::p90_ms},
    {"99 of 100 within, ms", nullptr, &Summary::p99_ms},
    {"samples/s", &Speed::throughput, nullptr, true},
    {"GFLOP/s", &Speed::gflops, nullptr, true},
    {"GB/s", &Speed::gb_per_s, nullptr, true},
    {"peak memory, MB", &Speed::peak_mb},
};

std::string row(const std::string& label, const std::string& ours, const std::string& theirs,
                const std::string& ratio) {
    std::string line = format("{:<22} {:>10}", label, ours);
    if (!theirs.empty()) line += format(" {:>20} {:>9}", theirs, ratio);
    return line + "\n";
}

std::string speeds(const BenchReport& r) {
    const bool two = r.other.has_value();
    std::string text = row("", "lathe", two ? "ONNX Runtime " + r.other->version : "", "ratio");
    for (const Line& line : kLines) {
        const double ours = line.of(r.ours), theirs = two ? line.of(r.other->speed) : 0;
        const double better = line.more_is_better ? ours / theirs : theirs / ours;
        text += row(line.label, number(ours), two ? number(theirs) : "",
                    std::isfinite(better) ? number(better) : "-");
    }
    return text + row("measured runs", std::to_string(r.ours.warm.runs),
                      two ? std::to_string(r.other->speed.warm.runs) : "", "");
}

std::string limits_text(const BenchReport& r) {
    const auto rates = [](const run::cpu::Rates& rates) {
        return format("{} GFLOP/s, {} GB/s from memory", number(rates.flops * 1e-9),
                      number(rates.read_bytes * 1e-9));
    };
    std::string text = format("limits ({}): {}", r.limits.kernels, rates(r.limits.one));
    if (r.limits.threads > 1)
        text += format(" on one thread; {} on {}", rates(r.limits.all), r.limits.threads);
    text += format("\nof the limit: {} of the arithmetic", percent(r.ours.gflops * 1e9 / r.limits.all.flops));
    if (r.other)
        text += format(" (ONNX Runtime {})", percent(r.other->speed.gflops * 1e9 / r.limits.all.flops));
    return text + format("; a run takes {} GFLOP and moves {}\n", number(r.flops * 1e-9),
                         human_bytes(static_cast<uint64_t>(r.bytes)));
}

std::string agreement(const BenchReport::Other& other) {
    if (other.agrees)
        return format("outputs agree: the largest error is {:.2g} of the largest value\n", other.error);
    return format("outputs DIFFER: the largest error is {:.2g} of the largest value\n{}", other.error,
                  check::to_table(other.outputs));
}

std::string profile_line(const ProfileRow& row, const std::string& first, const std::string& second) {
    return format("{:<34} {:<26} {:>9} {:>8} {:>9} {:>8}  {}\n", printable(first, 33), printable(second, 25),
                  number(row.ms), percent(row.share), number(row.gflops()), number(row.gb_per_s()),
                  row.bound);
}

std::string profile_text(const Profile& p) {
    const auto head = [](const char* first, const char* second) {
        return format("{:<34} {:<26} {:>9} {:>8} {:>9} {:>8}  {}\n", first, second, "ms", "share", "GFLOP/s",
                      "GB/s", "bound by");
    };
    std::string text = format("\nprofile: medians of {} traced runs; of {} ms, {} ms are between steps\n",
                              p.runs, number(p.run_ms), number(p.between_ms));
    text += head("operator", "kernel");
    for (const ProfileRow& row : p.operators)
        text += profile_line(row, row.count > 1 ? format("{} x {}", row.count, row.op) : row.op, row.kernel);
    std::vector<const ProfileRow*> slowest;
    for (const ProfileRow& row : p.steps) slowest.push_back(&row);
    std::ranges::stable_sort(slowest, std::greater(), &ProfileRow::ms);
    if (slowest.size() > kShownSteps) slowest.resize(kShownSteps);
    text += format("\nthe slowest of {} steps\n", p.steps.size()) + head("node", "operator, output");
    for (const ProfileRow* row : slowest)
        text += profile_line(*row, row->node, format("{} {}", row->op, to_string(row->output)));
    return text;
}

// --- JSON ---

void add_speed(Json& json, const Speed& speed) {
    json["load_ms"] = speed.load_ms;
    json["first_ms"] = speed.first_ms;
    json["median_ms"] = speed.warm.median_ms;
    json["p90_ms"] = speed.warm.p90_ms;
    json["p99_ms"] = speed.warm.p99_ms;
    json["min_ms"] = speed.warm.min_ms;
    json["runs"] = speed.warm.runs;
    json["throughput"] = speed.throughput;
    json["gflops"] = speed.gflops;
    json["gb_per_s"] = speed.gb_per_s;
    json["peak_mb"] = speed.peak_mb;
}

Json rates_json(const run::cpu::Rates& rates) {
    return {{"gflops", rates.flops * 1e-9}, {"read_gb_per_s", rates.read_bytes * 1e-9}};
}

Json row_json(const ProfileRow& row, bool step) {
    Json json = Json::object();
    if (step) json["node"] = row.node;
    json["op"] = row.op;
    json["kernel"] = row.kernel;
    if (step) json["output"] = row.output;
    else json["count"] = row.count;
    json["ms"] = row.ms;
    json["share"] = row.share;
    json["flops"] = row.flops;
    json["bytes"] = row.bytes;
    json["gflops"] = row.gflops();
    json["gb_per_s"] = row.gb_per_s();
    json["bound"] = row.bound;
    return json;
}

Json profile_json(const Profile& p) {
    Json operators = Json::array(), steps = Json::array();
    for (const ProfileRow& row : p.operators) operators.push_back(row_json(row, false));
    for (const ProfileRow& row : p.steps) steps.push_back(row_json(row, true));
    return {{"runs", p.runs},
            {"run_ms", p.run_ms},
            {"between_ms", p.between_ms},
            {"operators", std::move(operators)},
            {"steps", std::move(steps)}};
}

Json other_json(const BenchReport::Other& other) {
    Json json{{"version", other.version}};
    add_speed(json, other.speed);
    json["largest_error"] = std::isfinite(other.error) ? Json(other.error) : Json("inf");
    json["agrees"] = other.agrees;
    json["outputs"] = check::to_json(other.outputs)["outputs"];
    return json;
}

}  // namespace

std::string to_text(const BenchReport& r) {
    std::string text =
        format("{} ({})\n{} engine, {}, {} thread{}; {}: {}\n\n", r.model, r.kind, r.engine.engine,
               r.engine.precision, r.engine.threads, r.engine.threads == 1 ? "" : "s", r.made_by, r.inputs);
    text += speeds(r) + "\n" + limits_text(r);
    if (r.memory.weights > 0)
        text += format("memory: {} of packed weights, {} of values in a run\n", human_bytes(r.memory.weights),
                       human_bytes(r.memory.activations));
    if (r.other) text += agreement(*r.other);
    if (r.weights_by_rule)
        text += format("load counts planning ({} ms), not making the weights by rule\n", number(r.plan_ms));
    for (const std::string& note : r.notes) text += format("note: {}\n", note);
    if (r.profile) text += profile_text(*r.profile);
    return text;
}

Json to_json(const BenchReport& r) {
    Json json{{"model", r.model},
              {"kind", r.kind},
              {"engine", r.engine.engine},
              {"precision", r.engine.precision},
              {"threads", r.engine.threads},
              {"batch", r.batch},
              {"inputs", r.inputs},
              {"open_ms", r.open_ms},
              {"plan_ms", r.plan_ms}};
    add_speed(json, r.ours);
    json["flops"] = r.flops;
    json["bytes"] = r.bytes;
    json["weights_mb"] = static_cast<double>(r.memory.weights) * 1e-6;
    json["activations_mb"] = static_cast<double>(r.memory.activations) * 1e-6;
    json["limits"] = {{"kernels", r.limits.kernels},
                      {"threads", r.limits.threads},
                      {"one", rates_json(r.limits.one)},
                      {"all", rates_json(r.limits.all)}};
    json["share_of_peak"] = r.ours.gflops * 1e9 / r.limits.all.flops;
    json["notes"] = r.notes;
    if (r.other) {
        json[r.other->name] = other_json(*r.other);
        json["ratio"] = r.other->speed.warm.median_ms / r.ours.warm.median_ms;
    }
    if (r.profile) json["profile"] = profile_json(*r.profile);
    return json;
}

}  // namespace lathe::pipeline
