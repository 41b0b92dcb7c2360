# Sums up what tests printed: GoogleTest's lines, the totals of Node's test runner (TAP), and CTest's verdict for
# programs that print neither or that died. Usage: awk -f summary.awk LOG…; exit status 1 when something failed.

function close_test() {
    # CTest's verdict counts only where the program itself named no failed case.
    if (verdict == "failed" && !failed_here) { failed++; failures[++nfailures] = set_name ": " name " (no verdict of its own)" }
    if (verdict == "passed" && !counted_here) passed++
    verdict = ""; counted_here = 0; failed_here = 0
}

FNR == 1 {
    close_test()
    set_name = FILENAME; sub(/\/tests\.log$/, "", set_name); sub(/.*\//, "", set_name)
    reason = ""; reading = 0
}

/^[0-9]+\/[0-9]+ Testing: / { close_test(); name = $3 }
/^Test Passed\.$/ { verdict = "passed" }
/^Test (Failed|Timeout|Not Run)/ { verdict = "failed" }

# GoogleTest: `file:line: Skipped`, then the reason, then the case.
/: Skipped$/ { reading = 1; reason = ""; next }
reading && NF && !/^\[/ && reason == "" { reason = $0 }
/^\[       OK \] .* \([0-9]+ ms\)$/ { passed++; counted_here = 1 }
/^\[  FAILED  \] .* \([0-9]+ ms\)$/ { failed++; counted_here = failed_here = 1; failures[++nfailures] = set_name ": " $4 }
/^\[  SKIPPED \] .* \([0-9]+ ms\)$/ {
    skipped++; counted_here = 1; reading = 0
    skips[++nskips] = set_name ": " $4 ": " (reason == "" ? "no reason given" : reason)
    reason = ""
}

# Node's test runner.
/^# pass [0-9]+$/ { passed += $3; counted_here = 1 }
/^# fail [0-9]+$/ { failed += $3; counted_here = 1; if ($3 > 0) { failed_here = 1; failures[++nfailures] = set_name ": " name } }
/ # SKIP / { skipped++; skips[++nskips] = set_name ": " substr($0, index($0, "# SKIP ") + 7) }

END {
    close_test()
    for (i = 1; i <= nskips; i++) print "skipped  " skips[i]
    for (i = 1; i <= nfailures; i++) print "FAILED   " failures[i]
    printf "%d passed, %d failed%s\n", passed, failed, skipped ? sprintf(", %d skipped", skipped) : ""
    exit failed > 0
}
