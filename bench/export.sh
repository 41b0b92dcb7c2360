#!/usr/bin/env bash
# Export of a 100 MB network: time and peak memory beside `cp` of the same file. Medians of several runs, interleaved.
# Goals: within 3 times cp; peak memory within the file's size plus 64 MB.
set -euo pipefail
lathe=${LATHE_BUILD:-build/release}/lathe
runs=${RUNS:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$lathe" demo --write "$folder/net.bin" --blocks 18 --channels 384 >/dev/null
"$lathe" demo --write "$folder/net.bin.gz" --blocks 18 --channels 384 >/dev/null
size_kb=$(($(stat -c %s "$folder/net.bin") / 1000))

# measure NAME OUTPUT COMMAND…: appends "seconds peak_kB" to the list of that name. OUTPUT is new each time: writing over
# a file that is there takes longer or shorter, by how the old one is freed.
measure() {
    local name=$1
    rm -f "$folder/$2"
    shift 2
    /usr/bin/time -f '%e %M' -o "$folder/$name.one" "$@" >/dev/null
    cat "$folder/$name.one" >>"$folder/$name.runs"
}
median() { sort -n "$folder/$1.runs" | awk -v column="$2" '{ v[NR] = $column } END { print v[int((NR + 1) / 2)] }'; }

for _ in $(seq "$runs"); do
    measure cp copy.bin cp "$folder/net.bin" "$folder/copy.bin"
    measure cp_sync copy.bin bash -c "cp '$folder/net.bin' '$folder/copy.bin' && sync '$folder/copy.bin'"
    measure bin bin.onnx "$lathe" export onnx "$folder/net.bin" -o "$folder/bin.onnx" --no-verify
    measure gz gz.onnx "$lathe" export onnx "$folder/net.bin.gz" -o "$folder/gz.onnx" --no-verify
    measure onnx again.onnx "$lathe" export onnx "$folder/bin.onnx" -o "$folder/again.onnx" --no-verify
    measure verified verified.onnx "$lathe" export onnx "$folder/net.bin" -o "$folder/verified.onnx"
done

cp_seconds=$(median cp 1)
printf '%-44s %8s %9s %10s\n' "network file of $((size_kb / 1000)) MB" seconds "x cp" "peak MB"
report() {
    local seconds peak_kb
    seconds=$(median "$1" 1)
    peak_kb=$(median "$1" 2)
    awk -v what="$2" -v s="$seconds" -v c="$cp_seconds" -v m="$peak_kb" 'BEGIN { printf "%-44s %8.2f %9.1f %10.0f\n", what, s, s / c, m * 1.024 / 1000 }'
}
report cp "cp"
report cp_sync "cp, synced to the disk as Lathe does"
report bin "export onnx from .bin"
report gz "export onnx from .bin.gz (inflates)"
report onnx "export onnx from .onnx (weights unchanged)"
report verified "export onnx from .bin, read back and compared"
echo "goal for export: 3.0 x cp, peak $(((size_kb + 65536) / 1000)) MB"
