package dev.vpccni.node.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What metadata says at the start, and what becomes of it. */
class FactsTest {

    private final ScriptedMetadata metadata = new ScriptedMetadata();

    @Test
    void collectsWhatMetadataSays() throws Exception {
        metadata.show(shown(0, 2));
        metadata.show(shown(1, 1));
        metadata.cidrs("10.0.0.0/16", "10.9.0.0/16");

        Facts facts = Facts.ask(metadata, CloudSettings.DEFAULT, AddressingSettings.DEFAULT);

        assertThat(facts.instance().identity()).isEqualTo(Nouns.IDENTITY);
        assertThat(facts.instance().settings()).isEqualTo(CloudSettings.DEFAULT);
        assertThat(facts.instance().subnets()).containsOnlyKeys(Nouns.SUBNET);
        assertThat(facts.vpcCidrs()).extracting(Ipv4Cidr::toString).hasSize(2);
        assertThat(facts.groups()).containsExactly(Nouns.GROUP);
        assertThat(facts.blocks())
                .containsExactly(Nouns.block(0, 0), Nouns.block(0, 1), Nouns.block(1, 0));
    }

    @Test
    void prefixesAreBlocksAndSubnetsHaveBlocksOfBothFamilies() throws Exception {
        List<Cidr> cidrs = List.of(Nouns.BLOCK, Cidr.parse("2001:db8::/64"));
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(0),
                        Nouns.mac(0),
                        0,
                        0,
                        Nouns.SUBNET,
                        cidrs,
                        Nouns.addresses(0, 1),
                        List.of(Nouns.prefix(0, 0), Nouns.prefix6(0))));

        Facts facts = Facts.ask(metadata, CloudSettings.DEFAULT, AddressingSettings.DEFAULT);

        assertThat(facts.blocks())
                .containsExactly(Nouns.block(0, 0), Nouns.prefix(0, 0), Nouns.prefix6(0));
        assertThat(facts.instance().subnets())
                .containsEntry(Nouns.SUBNET, new Instance.KnownSubnet(cidrs, false));
    }

    @Test
    void whatChangesIsKnownFromThenOn() throws Exception {
        var current =
                new Current(Facts.ask(metadata, CloudSettings.DEFAULT, AddressingSettings.DEFAULT));
        assertThat(current.vpcCidrs()).hasSize(1);
        assertThat(current.groups()).containsExactly(Nouns.GROUP);
        assertThat(current.instance().identity()).isEqualTo(Nouns.IDENTITY);

        current.learn(List.of(Nouns.subnet("subnet-9", 1)));
        current.vpcCidrs(List.of());
        current.groups(List.of(new SecurityGroupId("sg-2")));

        assertThat(current.instance().subnets()).containsOnlyKeys(new SubnetId("subnet-9"));
        current.learn(new SubnetId("subnet-8"), List.of(Nouns.BLOCK));
        assertThat(current.instance().subnets())
                .containsOnlyKeys(new SubnetId("subnet-8"), new SubnetId("subnet-9"));
        assertThat(current.vpcCidrs()).isEmpty();
        assertThat(current.groups()).containsExactly(new SecurityGroupId("sg-2"));
    }

    private static Metadata.MetadataInterface shown(int n, int count) {
        return new Metadata.MetadataInterface(
                Nouns.id(n),
                Nouns.mac(n),
                0,
                n,
                Nouns.SUBNET,
                List.of(Nouns.BLOCK),
                Nouns.addresses(n, count),
                List.of());
    }
}
