package dev.vpccni.model;

/**
 * The data of {@link BranchLimits}: a line for each limit and size, with the families. From the
 * public limit table of amazon-vpc-resource-controller-k8s.
 */
final class BranchLimitFacts {

    static final String TABLE =
            """
            3 large: c7i-flex c8i-flex m7i-flex m8i-flex r8i-flex
            3 medium: m8azn
            4 medium: c6g c6gd c6gn c7a c7g c7gd c7gn c8a c8g c8gb c8gd c8gn is4gen m6g m6gd m7a m7g
            4 medium: m7gd m8a m8g m8gb m8gd m8gn r6g r6gd r7a r7g r7gd r8a r8g r8gb r8gd r8gn x8g
            4 xlarge: g5
            5 large: i3en
            6 16xlarge: g4ad
            6 56xlarge: u-3tb1
            6 metal: mac-m4 mac-m4max mac-m4pro mac1 mac2 mac2-m1ultra mac2-m2 mac2-m2pro
            6 xlarge: i4i
            8 large: m8azn x8aedz
            8 xlarge: c7i-flex c8i-flex m7i-flex m8i-flex r8i-flex
            9 large: a1 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c8a
            9 large: c8g c8gb c8gd c8gn c8i c8id i4g i7i i8g im4gn is4gen m5 m5a m5ad m5d m5dn m5n m6a
            9 large: m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m8a m8g m8gb m8gd m8gn m8i m8id r5
            9 large: r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz
            9 large: r8a r8g r8gb r8gd r8gn r8i r8id x2gd x8g x8i
            10 8xlarge: g4ad
            10 large: g6f
            10 medium: a1 x2gd
            11 4xlarge: g4ad
            11 xlarge: x2iedn
            12 2xlarge: g4ad
            12 xlarge: g4ad i3en
            13 large: m5zn z1d
            17 2xlarge: g5 trn1
            18 2xlarge: c7i-flex c8i-flex m7i-flex m8i-flex r8i-flex
            18 xlarge: a1 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c8a
            18 xlarge: c8g c8gb c8gd c8gn c8i c8id g5g g6 g6e g6f i4g i7i i8g im4gn inf2 is4gen m5 m5a
            18 xlarge: m5ad m5d m5dn m5n m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m8a m8azn m8g
            18 xlarge: m8gb m8gd m8gn m8i m8id r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn
            18 xlarge: r6in r7a r7g r7gd r7i r7iz r8a r8g r8gb r8gd r8gn r8i r8id x2gd x8aedz x8g x8i
            19 large: i7ie i8ge
            24 xlarge: d3en
            25 3xlarge: i8ge
            26 2xlarge: i4i
            27 2xlarge: i7ie i8ge x2iedn
            27 3xlarge: i7ie
            27 xlarge: i7ie i8ge
            28 2xlarge: i3en
            28 xlarge: z1d
            29 xlarge: m5zn
            34 3xlarge: m8azn x8aedz
            34 4xlarge: c7i-flex c8i-flex g5 m7i-flex m8i-flex r8i-flex
            38 2xlarge: a1 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c8a
            38 2xlarge: c8g c8gb c8gd c8gn c8i c8id g5g g6 g6e g6f i4g i7i i8g im4gn inf1 is4gen m5 m5a
            38 2xlarge: m5ad m5d m5dn m5n m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m8a m8g m8gb
            38 2xlarge: m8gd m8gn m8i m8id r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in
            38 2xlarge: r7a r7g r7gd r7i r7iz r8a r8g r8gb r8gd r8gn r8i r8id x2gd x8g x8i
            38 3xlarge: i3en vt1
            38 xlarge: inf1
            39 2xlarge: g4dn
            39 xlarge: g4dn
            42 xlarge: d3
            50 12xlarge: c8gb c8gn i8ge m8gb m8gn r8gb r8gn
            52 4xlarge: i4i
            52 6xlarge: i8ge
            52 8xlarge: c8gb c8gn c8i-flex m8gb m8gn m8i-flex r8gb r8gn r8i-flex
            54 12xlarge: c5 c5a c5ad c5d c6g c6gd c6gn c7g c7gd c7gn c8g c8gd g4dn i3en i7ie i8g m5 m5a
            54 12xlarge: m5ad m5d m5dn m5n m6g m6gd m7g m7gd m8g m8gd r5 r5a r5ad r5b r5d r5dn r5n r6g
            54 12xlarge: r6gd r7g r7gd r8g r8gd x2gd x8g
            54 3xlarge: z1d
            54 4xlarge: a1 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c8a
            54 4xlarge: c8g c8gb c8gd c8gn c8i c8id g5g g6 g6e g6f gr6 gr6f i4g i7i i8g im4gn is4gen m5
            54 4xlarge: m5a m5ad m5d m5dn m5n m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m8a m8g
            54 4xlarge: m8gb m8gd m8gn m8i m8id r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn
            54 4xlarge: r6in r7a r7g r7gd r7i r7iz r8a r8g r8gb r8gd r8gn r8i r8id x2gd x2iedn x8g x8i
            54 6xlarge: i3en i7ie inf1 m8azn vt1 x8aedz z1d
            54 8xlarge: c5a c5ad c6g c6gd c6gn c7g c7gd c7gn c7i-flex c8g c8gd g5g i4g i8g im4gn is4gen
            54 8xlarge: m5 m5a m5ad m5d m5dn m5n m6g m6gd m7g m7gd m7i-flex m8g m8gd r5 r5a r5ad r5b r5d
            54 8xlarge: r5dn r5n r6g r6gd r7g r7gd r8g r8gd x2gd x8g
            54 9xlarge: c5 c5d c5n
            54 metal: a1
            58 2xlarge: d3en z1d
            58 4xlarge: p5
            58 8xlarge: g4dn
            59 4xlarge: g4dn
            62 24xlarge: dl1 p4d p4de
            62 2xlarge: m5zn x2iezn
            82 32xlarge: trn1
            82 48xlarge: g6e
            82 8xlarge: c8a c8i c8id m8a m8i m8id r8a r8i r8id x8i
            84 12xlarge: i7i
            84 6xlarge: f2
            84 8xlarge: c6a c6i c6id c6in c7a c7i g5 g6 g6e gr6 i7i inf2 m6a m6i m6id m6idn m6in m7a m7i
            84 8xlarge: r6a r6i r6id r6idn r6in r7a r7i r7iz
            92 2xlarge: d3
            92 3xlarge: m5zn
            98 24xlarge: c8gb c8gn m8gb m8gn r8gb r8gn
            98 32xlarge: c8i c8id m8i m8id r8i r8id x8i
            98 48xlarge: c8a c8gb c8gn c8i c8id i8ge m8a m8gb m8gn m8i m8id r8a r8gb r8gn r8i r8id x8i
            98 64xlarge: x8i
            98 96xlarge: c8i c8id m8i m8id r8i r8id x8i
            98 metal-48xl: c8a c8i c8id i8ge m8a m8i m8id r8a r8i r8id x8i
            98 metal-96xl: c8i c8id m8i m8id r8i r8id x8i
            102 24xlarge: g6e
            105 24xlarge: i4i
            106 12xlarge: m8azn x8aedz
            106 16xlarge: c8a c8gb c8gn c8i c8i-flex c8id m8a m8gb m8gn m8i m8i-flex m8id r8a r8gb r8gn
            106 16xlarge: r8i r8i-flex r8id x8i
            106 18xlarge: i8ge
            106 224xlarge: u7in-16tb u7in-24tb u7in-32tb
            106 24xlarge: c8a c8i c8id i8ge m8a m8azn m8i m8id r8a r8i r8id x8aedz x8i
            106 32xlarge: c6in m6idn m6in r6idn r6in
            106 metal: c6in m6idn m6in r6idn r6in
            106 metal-12xl: m8azn x8aedz
            106 metal-24xl: c8a i8ge m8a m8azn r8a x8aedz
            107 112xlarge: u7i-6tb u7i-8tb
            107 12xlarge: g5 m5zn x2iezn z1d
            107 16xlarge: c5a c5ad c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8g
            107 16xlarge: c8gd g5g g6 g6e i4g i7i i8g im4gn m5 m5a m5ad m5d m5dn m5n m6a m6g m6gd m6i
            107 16xlarge: m6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8g m8gd r5 r5a r5ad r5b r5d r5dn
            107 16xlarge: r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz r8g r8gd x2gd x2idn
            107 16xlarge: x2iedn x8g
            107 18xlarge: c5 c5d c5n i7ie
            107 224xlarge: u7i-12tb
            107 24xlarge: c5 c5a c5ad c5d c6a c6i c6id c6in c7a c7i c8g c8gd dl2q g5 g6 i3en i7i i7ie
            107 24xlarge: i8g inf2 m5 m5a m5ad m5d m5dn m5n m6a m6i m6id m6idn m6in m7a m7i m8g m8gd
            107 24xlarge: p3dn r5 r5a r5ad r5b r5d r5dn r5n r6a r6i r6id r6idn r6in r7a r7i r8g r8gd vt1
            107 24xlarge: x2idn x2iedn x8g
            107 32xlarge: c6a c6i c6id c7a m6a m6i m6id m7a r6a r6i r6id r7a r7iz x2idn x2iedn
            107 48xlarge: c6a c7a c7i c8g c8gd f2 g6 i7i i7ie i8g inf2 m6a m7a m7i m8g m8gd r6a r7a r7i
            107 48xlarge: r8g r8gd x8g
            107 metal: c5 c5d c5n c6a c6g c6gd c6i c6id c7g c7gd c7gn g4dn g5g i3en m5d m5dn m5n m5zn
            107 metal: m6a m6g m6gd m6i m6id m7g m7gd r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r7g r7gd
            107 metal: x2gd x2idn x2iedn x2iezn z1d
            107 metal-16xl: r7iz
            107 metal-24xl: c7i c8g c8gd i7i i7ie i8g m7i m8g m8gd r7i r8g r8gd x8g
            107 metal-32xl: r7iz
            107 metal-48xl: c7a c7i c8g c8gd i7i i7ie i8g m7a m7i m8g m8gd r7a r7i r8g r8gd x8g
            110 12xlarge: c8a c8i c8i-flex c8id m8a m8i m8i-flex m8id r8a r8i r8i-flex r8id x8i
            111 24xlarge: inf1
            112 12xlarge: g6e i4i
            112 8xlarge: i4i
            114 12xlarge: c6a c6i c6id c6in c7a c7i c7i-flex f2 g6 m6a m6i m6id m6idn m6in m7a m7i
            114 12xlarge: m7i-flex r6a r6i r6id r6idn r6in r7a r7i r7iz
            114 16xlarge: g5
            114 4xlarge: x2iezn
            114 6xlarge: m5zn x2iezn
            114 8xlarge: x2iedn x2iezn
            115 48xlarge: g5
            118 16xlarge: g4dn
            118 4xlarge: d3 d3en
            118 6xlarge: d3en
            118 8xlarge: d3en
            119 12xlarge: d3en
            119 8xlarge: d3
            120 12xlarge: g7e
            120 16xlarge: i4i
            120 24xlarge: g7e
            120 2xlarge: g7e
            120 32xlarge: i4i trn1n
            120 48xlarge: g7e p5 p5e p5en p6-b200 p6-b300
            120 4xlarge: g7e
            120 8xlarge: g7e
            120 metal: i3 i4i m5 r5
            """;

    private BranchLimitFacts() {}
}
