#include "pipeline/bench/trace_file.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace lathe::pipeline {
namespace {

Json event(const std::string& name, const char* category, double start, double seconds) {
    return {{"name", name},         {"cat", category}, {"ph", "X"}, {"ts", start * 1e6},
            {"dur", seconds * 1e6}, {"pid", 1},        {"tid", 1}};
}

Json named(const char* what, const std::string& name) {
    return {{"name", what}, {"ph", "M"}, {"pid", 1}, {"tid", 1}, {"args", {{"name", name}}}};
}

}  // namespace

std::string trace_text(std::span<const TracedRun> runs, const std::string& model) {
    Json events = Json::array({named("process_name", "lathe bench " + model), named("thread_name", "steps")});
    for (size_t i = 0; i < runs.size(); ++i) {
        const double zero = runs[0].start;
        events.push_back(event(format("run {}", i + 1), "run", runs[i].start - zero, runs[i].seconds));
        for (const run::StepTime& step : runs[i].steps) {
            Json one = event(step.op, "step", step.start - zero, step.seconds);
            one["args"] = {{"node", step.node},
                           {"kernel", step.kernel},
                           {"output", to_string(step.output)},
                           {"flops", step.flops},
                           {"bytes", step.bytes}};
            events.push_back(std::move(one));
        }
    }
    return lathe::to_text(Json{{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}}) + "\n";
}

}  // namespace lathe::pipeline
