package dev.vpccni.node.eni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prefixes, alone and beside single addresses: what is asked for, awaited and given back. */
class AddressesInBlocksTest {

    private static final Ec2Failure LOST = new Ec2Failure.Ambiguous();
    private static final Ec2Failure DENIED = new Ec2Failure.Denied("ec2:X");

    private final Fixture fixture = new Fixture().add(0, 2);
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final Addresses addresses = addresses(IpFamily.IPV4);

    @Test
    void prefixesAreAskedForAsSuchAndServe() throws Exception {
        await(2);
        ec2.on("assign", Nouns.prefixes(0, 2));

        addresses.acquire(Nouns.id(0), BlockKind.PREFIX, 2);

        assertThat(ec2.calls()).containsExactly("assign eni-0 IPv4 2 prefixes");
        assertThat(fixture.held(0).size()).as("two prefixes beside two addresses").isEqualTo(4);
        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(fixture.keeper.ledger().counts(fixture.tempo.instant()).free())
                .isEqualTo(2 + 2 * 16);
    }

    @Test
    void aSubnetWithoutAWholePrefixEndsTheWait() {
        await(2);
        ec2.on("assign", new Ec2Failure.Fragmented());

        assertThatThrownBy(() -> addresses.acquire(Nouns.id(0), BlockKind.PREFIX, 2))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(ec2.calls()).hasSize(1);
    }

    @Test
    void prefixesOfWhichTheAnswerWasLostAreLookedForAndNotAskedForTwice() throws Exception {
        await(2);
        ec2.on("assign", LOST)
                .on(
                        "describe",
                        Fixture.shown(shown(2, Nouns.prefixes(0, 1))),
                        Fixture.shown(shown(2, Nouns.prefixes(0, 2))));

        addresses.acquire(Nouns.id(0), BlockKind.PREFIX, 2);

        assertThat(ec2.calls("assign")).hasSize(1);
        assertThat(ec2.calls("describe")).hasSize(2);
        assertThat(cidrs()).containsAll(Nouns.prefixes(0, 2));
        assertThat(fixture.held(0).arriving().count()).isZero();
    }

    /** Somebody else's address is no answer to who waits for a prefix. */
    @Test
    void whatIsOfAnotherKindIsNotWhatIsAwaited() throws Exception {
        await(1);
        ec2.on(
                "describe",
                Fixture.shown(shown(3, List.of())),
                Fixture.shown(shown(3, Nouns.prefixes(0, 1))));

        addresses.finish(Nouns.id(0));

        assertThat(ec2.calls("describe")).hasSize(2);
        assertThat(cidrs()).contains(Nouns.block(0, 2), Nouns.prefix(0, 0));
        assertThat(fixture.held(0).arriving().count()).isZero();
    }

    @Test
    void aPrefixThatWasJustGivenBackIsNotNew() throws Exception {
        add(Nouns.prefixes(0, 1));
        release(Nouns.prefixes(0, 1));
        ec2.on("unassign", ScriptedEc2.DONE);
        addresses.giveBack(Nouns.id(0), Nouns.prefixes(0, 1), true);
        await(1);
        ec2.on("describe", Fixture.shown(shown(2, Nouns.prefixes(0, 1))));

        addresses.finish(Nouns.id(0));

        assertThat(cidrs()).doesNotContain(Nouns.prefix(0, 0));
        assertThat(fixture.held(0).arriving().count()).as("it never came").isZero();
    }

    @Test
    void eachKindIsGivenBackInARequestOfItsOwn() throws Exception {
        add(Nouns.prefixes(0, 2));
        List<Cidr> mixed = List.of(Nouns.prefix(0, 1), Nouns.block(0, 0), Nouns.prefix(0, 0));
        release(mixed);
        ec2.on("unassign", ScriptedEc2.DONE);

        addresses.giveBack(Nouns.id(0), mixed, true);

        assertThat(ec2.calls())
                .containsExactly(
                        "unassign eni-0 [10.0.0.1/32]",
                        "unassign eni-0 [10.0.128.16/28, 10.0.128.0/28]");
        assertThat(cidrs()).containsExactly(Nouns.block(0, 1));
    }

    @Test
    void w24WhatWasGivenBackStaysSoWhereTheOtherKindIsRefused() {
        add(Nouns.prefixes(0, 1));
        List<Cidr> mixed = List.of(Nouns.block(0, 0), Nouns.prefix(0, 0));
        release(mixed);
        ec2.on("unassign", ScriptedEc2.DONE, DENIED);

        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), mixed, true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(cidrs()).containsExactly(Nouns.block(0, 1), Nouns.prefix(0, 0));
        assertThat(fixture.held(0).leaving()).as("it may not go, so it serves").isZero();
    }

    @Test
    void whereOnePrefixIsGoneAlreadyTheOtherIsGivenBack() throws Exception {
        add(Nouns.prefixes(0, 2));
        release(Nouns.prefixes(0, 2));
        ec2.on("unassign", new Ec2Failure.Rejected("X"), ScriptedEc2.DONE)
                .on("describe", Fixture.shown(shown(2, List.of(Nouns.prefix(0, 1)))));

        addresses.giveBack(Nouns.id(0), Nouns.prefixes(0, 2), true);

        assertThat(ec2.calls("unassign")).last().isEqualTo("unassign eni-0 [10.0.128.16/28]");
        assertThat(cidrs()).containsExactlyElementsOf(Nouns.blocks(0, 2));
    }

    /** Two faults together: one is gone, and the answer about the other is lost for ever. */
    @Test
    void wherePartIsGoneAndTheAnswerAboutTheRestIsLostThatStaysOnItsWay() {
        add(Nouns.prefixes(0, 2));
        release(Nouns.prefixes(0, 2));
        ec2.on("unassign", new Ec2Failure.Rejected("X"), LOST, DENIED)
                .on("describe", Fixture.shown(shown(2, List.of(Nouns.prefix(0, 1)))));

        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), Nouns.prefixes(0, 2), true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).leavingBlocks()).containsExactly(Nouns.prefix(0, 1));
    }

    @Test
    void ofIpv6OnePrefixIsAskedForAndNothingElseIsTaken() throws Exception {
        await(1);
        List<Cidr> both = List.of(Nouns.prefix(0, 3), Nouns.prefix6(0));
        ec2.on("assign", LOST).on("describe", Fixture.shown(shown(9, both)));

        addresses(IpFamily.IPV6).acquire(Nouns.id(0), BlockKind.PREFIX, 1);

        assertThat(ec2.calls("assign")).containsExactly("assign eni-0 IPv6 1 prefix");
        assertThat(cidrs())
                .as("the two that were there, and the prefix")
                .containsExactly(Nouns.block(0, 0), Nouns.block(0, 1), Nouns.prefix6(0));
    }

    private Addresses addresses(IpFamily family) {
        return new Addresses(ec2, family, fixture.keeper, fixture.tempo, fixture.retry);
    }

    private void await(int prefixes) {
        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.PREFIX, prefixes));
    }

    private void add(List<Cidr> blocks) {
        fixture.done(new Command.AddBlocks(Nouns.id(0), blocks));
    }

    private void release(List<Cidr> blocks) {
        fixture.done(new Command.BeginRelease(Nouns.id(0), blocks));
    }

    private List<Cidr> cidrs() {
        return fixture.held(0).blocks().stream().map(Block::cidr).toList();
    }

    private static ObservedInterface shown(int addresses, List<Cidr> prefixes) {
        return Nouns.with(Nouns.shown(0, addresses), prefixes);
    }
}
