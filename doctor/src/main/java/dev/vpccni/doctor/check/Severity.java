package dev.vpccni.doctor.check;

/** How bad it is. */
public enum Severity {
    /** Traffic of pods, or their start, fails now or as soon as the case arises. */
    WRONG,
    /** Nothing fails yet, or only together with something else. */
    WARNING
}
