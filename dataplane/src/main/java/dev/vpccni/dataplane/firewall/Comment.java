package dev.vpccni.dataplane.firewall;

import java.util.List;

/**
 * The comments on upstream's rules, and so on ours. By them a rule is known as ours whatever mark,
 * prefix or device it was made for.
 */
final class Comment {

    static final String SNAT_JUMP = "AWS SNAT CHAIN";
    static final String SNAT_EXCLUSION = "AWS SNAT CHAIN EXCLUSION";
    static final String SNAT = "AWS, SNAT";
    static final String CONNMARK_JUMP = "AWS, outbound connections";
    static final String CONNMARK_RETURN = "AWS CONNMARK CHAIN";
    static final String CONNMARK = "AWS, CONNMARK";
    static final String PRIMARY_ENI = "AWS, primary ENI";

    private static final List<String> OURS =
            List.of(
                    SNAT_JUMP,
                    SNAT_EXCLUSION,
                    SNAT,
                    CONNMARK_JUMP,
                    CONNMARK_RETURN,
                    CONNMARK,
                    PRIMARY_ENI);

    private Comment() {}

    /** Tells whether a rule of that text is ours. */
    static boolean marksOurs(String rule) {
        List<String> words = SavedTable.words(rule);
        int at = words.indexOf("--comment");
        return at >= 0 && at + 1 < words.size() && OURS.contains(words.get(at + 1));
    }
}
