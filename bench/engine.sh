#!/usr/bin/env bash
# The CPU engine beside ONNX Runtime: a Markdown table of median times, taken in turn in one run for each row, and the
# geometric mean of the ratios (above 1: Lathe is faster). Goal: 1.3, and no model below 1. The ratio of the fastest runs says
# more where other programs keep the machine busy.
#   bench/engine.sh [MODEL…]   (default: all of those below; bNcM and bNcMnbt are networks of KataGo's shape)
# THREADS="1 2" BATCHES="1 8" SECONDS_EACH=3 OPTIONS="--isa avx2" choose the rest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${LATHE_BUILD:-build/release}
lathe=$build/lathe
writer=$build/bench/helpers/write_katago
read -ra threads <<<"${THREADS:-1 2}"
read -ra batches <<<"${BATCHES:-1 8}"
read -ra options <<<"${OPTIONS:-}"
seconds=${SECONDS_EACH:-3}
models=("$@")
[[ $# -gt 0 ]] || models=(resnet18 resnet50 mobilenetv2_100 mobilenetv3_small_100 efficientnet_b0 convnext_tiny
    vit_base_patch16_224 swin_tiny_patch4_window7_224 b10c128 b18c384nbt)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# model_arguments NAME: what `lathe bench` is given for it
model_arguments() {
    if [[ ! "$1" =~ ^b[0-9]+c[0-9]+(nbt)?$ ]]; then echo "$1 --random-weights"; return; fi
    [[ -x "$writer" ]] || { echo "there is no $writer; build the target 'benchmarks' first" >&2; exit 2; }
    [[ -f "$folder/$1.bin" ]] || "$writer" "$folder/$1.bin" "$1" >&2
    echo "$folder/$1.bin"
}

# member KEY [OBJECT]: a number of the report, from its top level or from the object
member() {
    awk -v key="\"$1\":" -v object="${2:-}" '
        /^  "/ { inside = $1 == "\"" object "\":" }
        { indent = object == "" ? "  " : "    " }
        (object == "" || inside) && index($0, indent key) == 1 { sub(",$", "", $2); print $2; exit }' "$folder/report"
}
round() { awk -v value="$1" -v digits="$2" 'BEGIN { printf "%.*f", digits, value }'; }

# geometric_mean: of the numbers on stdin
geometric_mean() { awk '{ sum += log($1) } END { if (NR) printf "%.2f", exp(sum / NR); else printf "-" }'; }

failures=0
bench_one() {
    local model=$1 thread=$2 batch=$3 status=0
    # shellcheck disable=SC2046
    "$lathe" bench $(model_arguments "$model") --threads "$thread" --batch "$batch" --seconds "$seconds" \
        --compare onnxruntime --json "${options[@]}" >"$folder/report" 2>"$folder/errors" || status=$?
    local ratio
    ratio=$(member ratio)
    if [[ -z "$ratio" ]]; then
        echo "| $model | $thread | $batch | failed: $(tail -n 1 "$folder/errors") | | | | | |"
        failures=$((failures + 1))
        return
    fi
    local remark="" fastest
    fastest=$(awk -v a="$(member min_ms)" -v b="$(member min_ms onnxruntime)" 'BEGIN { print b / a }')
    if [[ $status -ne 0 ]]; then
        remark=", outputs differ"
        failures=$((failures + 1))
    else
        echo "$ratio" | tee -a "$folder/ratios" >>"$folder/ratios.$thread.$batch"
        echo "$fastest" >>"$folder/fastest"
    fi
    printf '| %s | %s | %s | %s | %s | %s%s | %s | %s | %s %% |\n' "$model" "$thread" "$batch" \
        "$(round "$(member median_ms)" 2)" "$(round "$(member median_ms onnxruntime)" 2)" "$(round "$ratio" 2)" \
        "$remark" "$(round "$fastest" 2)" "$(round "$(member gflops)" 1)" \
        "$(awk -v share="$(member share_of_peak)" 'BEGIN { printf "%.0f", 100 * share }')"
}

echo "| model | threads | batch | lathe, ms | ONNX Runtime, ms | ratio | of the fastest | GFLOP/s | of peak |"
echo "|---|---|---|---|---|---|---|---|---|"
for model in "${models[@]}"; do
    for thread in "${threads[@]}"; do
        for batch in "${batches[@]}"; do bench_one "$model" "$thread" "$batch"; done
    done
done

echo
for thread in "${threads[@]}"; do
    for batch in "${batches[@]}"; do
        [[ -f "$folder/ratios.$thread.$batch" ]] || continue
        echo "geometric mean, threads $thread, batch $batch: $(geometric_mean <"$folder/ratios.$thread.$batch")"
    done
done
if [[ -f "$folder/ratios" ]]; then
    echo "geometric mean of all: $(geometric_mean <"$folder/ratios"), of the fastest runs: $(geometric_mean <"$folder/fastest")"
    echo "the lowest: $(sort -g "$folder/ratios" | sed -n 1p)"
fi
if [[ $failures -gt 0 ]]; then
    echo "$failures rows failed" >&2
    exit 1
fi
