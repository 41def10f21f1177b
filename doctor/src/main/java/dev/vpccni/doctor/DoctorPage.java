package dev.vpccni.doctor;

import dev.vpccni.doctor.check.Check;

/** The list of checks as a page for operators, {@code docs/doctor.md}. */
public final class DoctorPage {

    private static final String INTRODUCTION =
            """
            # The doctor

            Written by `vpc-cni doctor --list`; a test fails where this page differs.

            `vpc-cni doctor` looks at a host and says what on it breaks pods' traffic: what was \
            seen, what that breaks, and the command that mends it. It changes nothing. It exits \
            with 0 if nothing is wrong, 1 if something is, and 2 if it was called wrongly; \
            warnings alone are 0. `-o json` prints `{"findings":[{"id","severity","seen",\
            "breaks","remedy"}],"unseen":[...]}`, where a severity is `wrong` or `warning`.

            It compares with what the daemon would do in the same environment, so that it is best \
            run where the daemon's variables are: `kubectl -n kube-system exec ds/aws-node -- \
            vpc-cni doctor`. A container does not have the host's files: what they would tell is \
            listed as not looked at, and found out by running it on the host, or with `--root` \
            where the host's files are mounted. With `--root` only files are read, so that a \
            support bundle can be examined anywhere; `--root /` looks at this host even if it looks \
            like a container.

            What cannot be read, takes longer than its deadline, or is larger than its limit is \
            listed with the reason, and never counts as wrong. What is found is looked at again a \
            second later, and told if it is still so: a pod that is being wired is half there. The \
            daemon itself looks once it serves, or after half a minute, and writes a line of its \
            log for each finding; its limits are smaller, for its memory is.

            | check | looks for | what it breaks |
            |---|---|---|
            """;

    private DoctorPage() {}

    /** Returns the page. */
    public static String render() {
        var page = new StringBuilder(INTRODUCTION);
        for (Check check : Doctor.CHECKS) {
            page.append(
                    "| `%s` | %s | %s |\n".formatted(check.id(), check.looksFor(), check.breaks()));
        }
        return page.toString();
    }
}
