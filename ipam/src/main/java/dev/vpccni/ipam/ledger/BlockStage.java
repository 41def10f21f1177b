package dev.vpccni.ipam.ledger;

/** Where a block stands between joining its interface and leaving it. */
public enum BlockStage {
    /** Its addresses go to pods. */
    SERVING,
    /** It is on its way back to EC2; no pod has an address of it. */
    LEAVING,
    /** Perhaps not ours any more: EC2 did not show it. Nobody gets another address of it. */
    DOUBTED
}
