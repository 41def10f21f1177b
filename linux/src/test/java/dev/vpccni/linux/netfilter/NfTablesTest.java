package dev.vpccni.linux.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netfilter.NftChain.Hook;
import dev.vpccni.linux.netfilter.NftExpression.Bitwise;
import dev.vpccni.linux.netfilter.NftExpression.Compare;
import dev.vpccni.linux.netfilter.NftExpression.Connection;
import dev.vpccni.linux.netfilter.NftExpression.Counter;
import dev.vpccni.linux.netfilter.NftExpression.DestinationType;
import dev.vpccni.linux.netfilter.NftExpression.Jump;
import dev.vpccni.linux.netfilter.NftExpression.Meta;
import dev.vpccni.linux.netfilter.NftExpression.NetworkHeader;
import dev.vpccni.linux.netfilter.NftExpression.Other;
import dev.vpccni.linux.netfilter.NftExpression.Return;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables in a namespace, and nft(8) as a second opinion of them. */
@Timeout(30)
class NfTablesTest {

    private static final List<String> CHAINS = List.of("first", "second");
    private static final NftTable TABLE =
            new NftTable(
                    "some",
                    List.of(
                            new NftChain(
                                    "first",
                                    new Hook("filter", Hook.PREROUTING, -90, true),
                                    List.of(
                                            List.of(
                                                    new Meta(
                                                            NftExpression.META_INCOMING_NAME,
                                                            false),
                                                    new Compare(true, "656e69"),
                                                    new DestinationType(),
                                                    new Compare(false, "02000000"),
                                                    new Counter(),
                                                    new Jump("second")),
                                            List.of(
                                                    new Meta(NftExpression.META_MARK, false),
                                                    new Bitwise("7fffffff", "80000000"),
                                                    new Meta(NftExpression.META_MARK, true)))),
                            new NftChain(
                                    "second",
                                    null,
                                    List.of(
                                            List.of(
                                                    new NetworkHeader(16, 4),
                                                    new Bitwise("ffff0000", "00000000"),
                                                    new Compare(true, "0a000000"),
                                                    new Return()),
                                            List.of(
                                                    new Connection(
                                                            NftExpression.CONNECTION_MARK, false),
                                                    new Bitwise("7fffffff", "80000000"),
                                                    new Connection(
                                                            NftExpression.CONNECTION_MARK,
                                                            true))))));

    private NetfilterNamespace namespace;
    private NfTables tables;

    @BeforeEach
    void makeNamespace() throws Exception {
        namespace = new NetfilterNamespace();
        tables = namespace.inside(NfTables::open);
    }

    @AfterEach
    void removeNamespace() throws IOException {
        tables.close();
        namespace.close();
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        tables.replace(TABLE);

        assertThat(tables.read("some", CHAINS)).isEqualTo(TABLE);
        assertThat(nft("list", "table", "ip", "some"))
                .contains("type filter hook prerouting priority dstnat + 10; policy accept;")
                .contains("iifname \"eni*\" fib daddr type != local counter")
                .contains("ip daddr 10.0.0.0/16 return");
    }

    @Test
    void aTableIsReplacedWithAllThatIsInIt() throws Exception {
        tables.replace(TABLE);
        nft("add", "chain", "ip", "some", "third");
        nft("insert", "rule", "ip", "some", "first", "drop");
        tables.replace(TABLE);

        assertThat(tables.read("some", CHAINS)).isEqualTo(TABLE);
    }

    @Test
    void aTableThatTheKernelRefusesLeavesTheOldOne() throws Exception {
        tables.replace(TABLE);
        var nowhere =
                new NftTable(
                        "some",
                        List.of(new NftChain("first", null, List.of(List.of(new Jump("no"))))));

        assertThatThrownBy(() -> tables.replace(nowhere))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
        assertThat(tables.read("some", CHAINS)).isEqualTo(TABLE);
        tables.remove("some"); // the refusal of before is not taken for an answer to this
        assertThat(tables.read("some", CHAINS)).isNull();
    }

    @Test
    void removingWhatIsNotThereIsNoError() throws Exception {
        tables.remove("some");

        assertThat(tables.read("some", CHAINS)).isNull();
        assertThat(nft("list", "tables")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "insert rule ip some second counter",
        "add rule ip some second ip saddr 10.0.0.1 return",
        "add rule ip some second ct original ip saddr 10.0.0.1 return",
        "add rule ip some second meta mark set 7",
        "add rule ip some second log",
        "flush chain ip some second",
        "delete rule ip some first handle 3",
        "add chain ip some third",
        "add set ip some few { type ipv4_addr ; }",
        "add chain ip some first { policy drop ; }",
        "add table ip some { flags dormant ; }",
    })
    void whatSomebodyChangesIsSeen(String change) throws Exception {
        tables.replace(TABLE);
        nft(change.split(" "));

        assertThat(tables.read("some", CHAINS)).isNotNull().isNotEqualTo(TABLE);
    }

    @Test
    void whatPassesIsNoChange() throws Exception {
        tables.replace(TABLE);
        nft("reset", "counters");
        nft("add", "table", "ip", "another");
        nft("add", "chain", "ip", "another", "first");

        assertThat(tables.read("some", CHAINS)).isEqualTo(TABLE);
    }

    @Test
    void anExpressionThatIsNotKnownIsNamed() throws Exception {
        nft("add", "table", "ip", "some");
        nft("add", "chain", "ip", "some", "first");
        nft("add", "rule", "ip", "some", "first", "limit", "rate", "1/second", "drop");

        NftTable read = Objects.requireNonNull(tables.read("some", CHAINS));
        assertThat(read.chains().getFirst().rules())
                .containsExactly(List.of(new Other("limit"), new Other("immediate")));
        assertThatThrownBy(() -> tables.replace(read)).hasMessage("limit");
    }

    @Test
    void tableOfAThousandRulesGoesInOneTransaction() throws Exception {
        List<List<NftExpression>> rules =
                IntStream.range(0, 1000)
                        .mapToObj(i ->
                                List.<NftExpression>of(
                                        new NetworkHeader(16, 4),
                                        new Bitwise("ffffff00", "00000000"),
                                        new Compare(true, "0a%04x00".formatted(i)),
                                        new Return()))
                        .toList();
        var large = new NftTable("some", List.of(new NftChain("first", null, rules)));
        tables.replace(large);

        assertThat(tables.read("some", List.of("first"))).isEqualTo(large);
    }

    private String nft(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("nft"));
        command.addAll(List.of(arguments));
        return namespace.run(command.toArray(String[]::new));
    }
}
