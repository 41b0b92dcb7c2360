// Traced runs in the Trace Event Format, which chrome://tracing and Perfetto open: one complete event ("ph": "X") for each run
// and each of its steps, times in microseconds from the start of the first run.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
#pragma once
#include "pipeline/bench/profile.h"

namespace lathe::pipeline {

std::string trace_text(std::span<const TracedRun> runs, const std::string& model);

}  // namespace lathe::pipeline
