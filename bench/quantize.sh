#!/usr/bin/env bash
# Quantising a large bf16 file (SIZE_GB, default 4) beside `cp` of the same file: medians of RUNS interleaved runs.
# Goals: nearest at 0.7 of cp's rate or better; sweep within 4 times nearest; less than 2 GB of memory beside the mapped pages of
# the input; the closed form of svd for a layer of 4096 x 4096 in seconds.
# The folder is that of `mktemp -d` (set TMPDIR to choose the disk) and needs 2.6 times SIZE_GB.
set -euo pipefail
build=${LATHE_BUILD:-build/release}
lathe=$build/lathe
runs=${RUNS:-3}
steps=${STEPS:-20}
size=${SIZE_GB:-4}
writer=$build/bench/helpers/write_weights
[[ -x "$writer" ]] || { echo "there is no $writer; build the target 'benchmarks' first" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
input=$folder/weights.safetensors
"$writer" "$input" "$size"
input_mb=$(($(stat -c %s "$input") / 1000000))

# measure NAME COMMAND…: appends "seconds peak_kB" to the list of that name. The output is new each time and the disk is
# quiet when the clock starts.
measure() {
    local name=$1
    shift
    rm -f "$folder"/out.*
    sync
    /usr/bin/time -f '%e %M' -o "$folder/$name.one" "$@" >/dev/null 2>"$folder/$name.err" || {
        cat "$folder/$name.err" >&2
        exit 1
    }
    cat "$folder/$name.one" >>"$folder/$name.runs"
}
quantize() {
    local name=$1
    shift
    measure "$name" "$lathe" quantize "$input" -o "$folder/out.safetensors" "$@"
}
median() { sort -n "$folder/$1.runs" | awk -v column="$2" '{ v[NR] = $column } END { print v[int((NR + 1) / 2)] }'; }

# NAME and its options; `plain` rows are compared with cp.
jobs=(
    "int8|--to int8 --rounding nearest"
    "fp8_e4m3|--to fp8_e4m3 --rounding nearest"
    "nvfp4|--to nvfp4 --rounding nearest"
    "mxfp8|--to mxfp8 --rounding nearest"
    "nvfp4_sweep|--to nvfp4 --rounding sweep"
    "int8_convrot|--to int8 --convrot --rounding nearest"
)
for _ in $(seq "$runs"); do
    measure cp cp "$input" "$folder/out.copy"
    measure cp_sync bash -c "cp '$input' '$folder/out.copy' && sync '$folder/out.copy'"
    for job in "${jobs[@]}"; do
        IFS='|' read -r name options <<<"$job"
        # shellcheck disable=SC2086
        quantize "$name" $options
        quantize "${name}_quick" $options --no-errors
    done
done

cp_seconds=$(median cp 1)
cp_sync_seconds=$(median cp_sync 1)
printf '\n%s MB of bf16, %s runs, %s processors\n' "$input_mb" "$runs" "$(nproc)"
printf '%-34s %9s %9s %13s %18s %12s\n' "" seconds "MB/s" "of cp's rate" "of cp + sync" "peak MB"
report() {
    awk -v what="$2" -v s="$(median "$1" 1)" -v m="$(median "$1" 2)" -v c="$cp_seconds" -v d="$cp_sync_seconds" \
        -v size="$input_mb" 'BEGIN {
            if (s == 0) s = 0.005
            printf "%-34s %9.2f %9.0f %13.2f %18.2f %12.0f\n", what, s, size / s, c / s, d / s, m * 1.024 / 1000 }'
}
report cp "cp"
report cp_sync "cp, synced to the disk"
for job in "${jobs[@]}"; do
    IFS='|' read -r name options <<<"$job"
    report "$name" "$name, errors measured"
    report "${name}_quick" "$name, --no-errors"
done
echo "goal for nearest: 0.70 of cp's rate; peak MB has the mapped pages of the input in it (up to $input_mb)"
ratio() { awk -v a="$(median "$1" 1)" -v b="$(median "$2" 1)" 'BEGIN { printf "%.2f", a / b }'; }
echo "nvfp4, sweep over nearest: $(ratio nvfp4_sweep nvfp4) times with errors," \
    "$(ratio nvfp4_sweep_quick nvfp4_quick) times without (goal 4)"

# One layer of 4096 x 4096: the closed form of svd beside the iteration that it replaces, STEPS (20) steps of it.
input=$folder/layer.safetensors
"$writer" "$input" 0.033554432
for format in fp8_e4m3 nvfp4; do
    for _ in $(seq "$runs"); do
        quantize "near_$format" --to "$format" --rounding nearest --no-errors
        quantize "closed_$format" --to "$format" --rounding svd --no-errors
    done
    quantize "descent_$format" --to "$format" --rounding svd --optimizer original --iterations "$steps" --no-errors
    awk -v what="$format" -v n="$(median "near_$format" 1)" -v c="$(median "closed_$format" 1)" \
        -v i="$(median "descent_$format" 1)" -v steps="$steps" 'BEGIN {
            printf "%s, 4096 x 4096: nearest %.2f s, svd in closed form %.2f s, by %d steps of the iteration %.1f s (4000 steps: about %.0f s)\n",
                what, n, c, steps, i, c + (i - c) / steps * 4000 }'
done
