// Data for labels.cpp. The names are first lemmas of WordNet 3.0 (Princeton University), with the second one behind a
// comma where several synsets share the first; which synsets belong to which set is as in timm's lists
// (timm/data/_info). Synsets are in the order of their numbers, as those lists are.
#include "image/labels_wordnet.h"

namespace lathe::image {

const std::string_view kMembers1k = R"(
00000000000000000000000000000000000000000000000000000000000P0400000000000000@00201A00@180006@P0P0000000000P0
10000000000080200008000008000@000011004004QD000P0`0000000@8:400:00@P0<2RR420400000h200@24P48P0@P01Q80X1^S000
02000000QP2000@T00000PB80@0H0@0000<0100000@200P0Y080060000000000201800102000P2102@00000@00P154C0@00060T@4490
8:004X0008002000000080PP000010@P0P0000lYY?2Ck_lO@mkW3OmVW8ioWm]ANoN][7c02;0HU018@>Q8T1P800000000003190280@00
000400000001000000400@02TP00000000004@0020300P01D<0000000000000000000412P801000000020@0000010084200000000000
000000@0040P051100000188000@0P00=000000000:PP:R@00014000000031C`8D5D>48060P101000020000020000000000000000000
0000000000000P4000000000000008Q0000@0000041P0220000002024000248@000000P0200000000@01000000000000004000041000
11405`1P@@041080D04600000U02000T0800000A0020420200000000044000100R@000040400200000Q081000000040P40060000000P
00800000800000020P60000000800D1000404001@122000020500X500000000P0@A00048002000000410@020000000001H0200000100
0001008000200200000840000000P1QP10@04100008008000000002000000000000:00@2000@80010000X200000R080800000000000P
000002200020080000000T80000000000A000P00000004000000010000000@0000@8400004000000000800@0200001P500P@00010200
00000020000@@000000000000T<H080@00084@00004000000P12P@80X00008414P0000000000000000000002P4@PP0@0000040000000
000000000000000P200P000310<0P000000000P000040P002@0040001000@000@40A0040@40@0@0000000<800040000010@R100020@2
00100010PA00D000000R0T0000A149430Q0P0H608L1400000T0000T0000000P0020P8@20400000P00010000P4201Q2Z0000200830<0@
00804@000`000P0080800;14P8200@040280021@0@0008@000`@04P8000008P00402000@2`0000P0008010000<001882040040000000
000404@P0@000@00@00P00000080000000100004:@000020400P040400PB00T0P0T4000001000000000040000000@0000T0300Q10000
0000000802000P0P200P00000b0d008P004PT000@001810000088000000@000000001300020000B01P0P0810001120@0862000000R00
4Z00P0800000020@000024000800800000D00P00A00010008400@00000@040T044000040400B4230001000P0008P04P0800<@100B000
2P00400`P@8104002010000000000500200XP@P0004480P02000P80000000000000000000000000000000000000P0040=40000040000
000000400@4000000080000000000000000000000880100000000000000000P00000000000102P20000800P<@dP20@00000000008000
001000000@000280@0000;8000000200000002000000020000000000000000000000000000800000P000000000000000000000000000
0200000000000P020100000@00000000P000000000000000000000000000008000000000001400000000000000000000000000100080
280000800008000000@00042000000820000000000000000000000000000000000000000000000000000000000000000000000000000
000000000040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
000000000000000000000000000000200000000000000000000000000000000000000000000000000000000000000000000000000000
000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000P00000000000000000
000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000400000000000000000
000000000040000000000000000000000000000000000000000000000000000004000000000000000000000000000000000000000000
200000000000000000000000000000000000000000000000000P00000000000000000000000000000000000000000000000000000000
000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000@00000000000
000000000000000000000000000000000000000000000000000000000000008000000000000000000000000000000000000000000000
000000000000000000000000000000000000000000000000800@00000000000000000004@040P8000000000000000000000000000@00
00000000000000000000000000000000000000000000000000000000000000000000000040000)";

const std::string_view kMembers12k = R"(
jon_mOVn_NooooWkk[oooo_mmN_moVG4kVTooo<20h700000B223[4?4PR`U1OPf7T49]FL`0<0VcLo[4iCf2oAnWdoOoomognOFnnO_agon
_oko_oongo]o?Fgoo^^oWOokE;k?7oog_ooiooooK_kLCF2nYlnCKl@R4oooo_dji_OW1^Nfk?_240P000knY>o?lU\^o^lo[oomnm[_WRX0
<>Q@iG[nSo?5bLeocCo>Clo_]E]oUa3i[_m]oooooooooooamgN>87DoGP149[KP24omQ4102P4F\O9K>goj9m<@;ZSQeUg2d91^ooooooog
oOYooooGkKkC_CooooOmkoo_U7OO7oaenoogh>gmk_Lbo]oogoo_ooog_^oooooAOooncgcEbkononcnOO_\gUZh700`N8bR]egEk0V[o@0N
X1P\7h=bf8LWgejGjUT79`KG^[G0GB450R18DC1<[T34hoOggm_V9I1B`0aJjW9AI=nUUN7GoYIcYV1:42DJ0@88P8logKhLo<4TOloAlkOo
o72OOKn?KlfoIMkmj?kG_UjoQ5flo^boO?Eg]ckoV0_oR?naQ4@3Nfn`1\0PoMObkmeD>V]P6Pme0Y:7QRb1=9Uno3TB0Y0d?hcLe1?5KH2W
7QGD@5B0;R?4<lm0E2Ph2`OeCo000kY30HdN[5D02lOd?;:B][N@lgoj<]25oWnKgm35_doJjoM=WgUKRa1iH^MEojMgg`Ncok_n^ocm9KP;
MoNVWneVJbINoio_ONlW1oOl[gMBbg;og]9eAO@kn2VjG7O3Q:KWk3k[\WOacJg<n_Oo>;f\elgk6kk6ck[i>WXlC>]FmEgX]n_o^G[M\6M_
_Z]oonnS\6hi=lfJDdoO<nkCogk7ReQ\^hob?cSongZn=7:Soioj_n=[Gh9MioRnGoIaoQmmjo^g<2e_[N3;Mon\o1Z0W3akcOgCo?6_OMhl
aXn[nciSbVcG?olUI3GjmLkHch=ojMk\o=bg7?XHib=48;>Ge<46MLFPQ[A`1i;g;lEo>TKF4mPL?io?9:>cm_GVl2ASnmo\II_aZNioM]?k
?DKV6kVSX?ScFoHn?R^OgTooP4M2[C_Nnk<nEkgF_5X^oN6negjW\7oi@K^I3cXUOQOiFAW<i6fgkLlec=6M>kO7^hPY0KgW;Gcnnfk_I_gc
3O4@Omo_gCbgo7ogG7^o4mKgbgoOZiVon;oMeI6>dbUeFT44L]AN_h=o_o=MHMlSf]G9iAImng>1;WSfe\\mTI5WoNhQVeFQK___oe7YjWaY
>jccRA:5AeR6BGEVGI]f1OYkK^\oQo8Gb<Nn]?o4j_[omaELGGfeV`bAO>_:m]^_Ne_c5Z^omFWhcf7g_ViFVM\WX]Dig:P75DCReAgmoNeO
DmK`o5MNWi7ogKo4FYAoh\c=oHKmfo=[0iCdZooaoooMl34nKTC<nHdm>eK\OXVfD;Io:cnBgVNfHgeoFa?oJmlfdBn3con3;S?bgO;SNoga
7nHLglOd8d7Omk\j[WI^2;=lklOaMa[7Vo[2T?iOVC9k7oF3\oah>Wo]hO_cPLnmB^>VFECm3hQ3a>]]Q1\g_l=:TLHAmikW`WcGn;U_6nh:
CG^O2lK^lm[3YoLU``1nTH@_XA_dGo_FChkW_XkEoKinaO:3lO\\FmOoOmUONg_Dn9^W137VkgSRXhO^5kR_ofcngCmYcRUSooYclokWWoAc
hJ;n\KULO_nDAVJnB9]R;]cm_oOg9eoWJBLPgG4Pl:[_Jka1<okO;W]o`Nlj_c4l]^Nlcghd=o6AC]bGCVebmnUA?agSC6K_O^G7c3A;TkS<
G_kUcYoNmJ^O3olo>^dinje_oi?mm28UnZO7`Vc8eV<Oi0^FNGjdm6gekAEZMnojneZBbEf75>Rk>WgoM=3n^DRo3U^Vhg[h_?>mi?okfno_
RfA6_mVigBmk_<IKfa=kaFi;L6OD`om=>nomod[_GS\GOA_\Oj^>cJI>:`onomoKo^dEI@VnG@]0D110dPE48boW;jcW=Bm0ooemS82O@`XB
DUom[SoOKEdaJegkg3NR]GC@5LC2l4Mc=LBf8E9_[]jnUGHG\0i]mkS]GCE=kOnke?nGJ`oo3]e3oon_mjj?noooolPB:nNGobe]lHgQoMmh
hnSg=R[W9D\NWj\onGoZUklJeS@Q2NVcg77o[6;Bb6nP^C7Q?L_o3IJ0hSkkAk[mZk^JTX=_Q^H098;SP9n0@XnoU_1E0V?d[_S6224R0B1M
=Wn3[`7_oifgAeen9M4iSojOcEln_Vk5oKooolmom_oOn_oWoo_8faUhGcnnhjh_^[KOVcf]kjc6>A@NJdoJcQH=W8J?Y9S?S4SB0IWG0Omk
gj[J\^MFOg@\5=`ZOXOimm6FngogW<:SS4f28lnC9UGK95AP90@010?R\XS\>o576XZ9NUlOAacji[?65I=26nj:Rd:D;6Y0@P1HSh>P49<`
a@TDN`i8<6oQKKIY9dHU4^1080`eNd@1I5^[dhAj\401oMTh==^mTBPXm23U4P0401<K3X30PnU40HZ440:AYP`1ZaZVX1:P;0A0P0071H[7
;6]`i=H0mP84<0@P866H8BF62bEioK35B34Y2LB<0T6Q0TLQIT2ADYPM4360:T34Jc50_0033T;NC>3H0D:4R3`291^Ia1F141ffb65YL0QQ
70H5D02=@XY09HR?22Qg98H`a1T<0=Sh794P:mPLP4`<1P>10R`H6Q83PBa428P0fL@D8X9R@0Pea@^02@L0V@0P=<SQB<7PD4m0F1634a:I
N401<nDZXBCH2818P04FYE<H<2cB4ST`30611001120T9BX@1Y0\1E1:YH04J@0810Pa18V62R0G<kFP<P?[mlKcgJW?noo]O?Q:olc[1P8H
H<^hNB8<04P`ORQ:iF=NIa9OdZKm;8j9V0001`McoN20hQIXKiJ\`g62@dLJo_nk?kAY4PH@4Z3nLN?NcLi03=2io:OAH@e^7C\of\KOFSPk
^>P13c0000NAN?KMGf;M6gW\=haO1Pll;<DdW84@X\jMQ1i20`oLcW<Q;NkGh_?NdMOfm^4b?eogdVgo3l>SA@[a3HFT>D04@YAJ2`AT14^0
cbT16b6NLlN?oo0`:0::M@bADf>G800LZ120P94DM40820<eK>VX^<VK=gkWkO=9cE9g]0Lnikj8Pb_Wa12KWjIhVQWUg_RlEC=;0PGPD50N
>^WE0L<mXnLJ]on:HWOM@>@Sc:4PC_XlNjS134_mml^7DS\;Rc43P7Cc42Pd<1450DmAPPl7?T@Q7B?jXnD2MH68o_0Y2GP2hi\@helc[V0[
QajXaSi1PE77H1;2DHI0E^o[W<P64bEPnna95<L`;E0L`[o`BaXb3ol[F04YTH:0gJ4iih`lcj8R9k=VVdDbkCKaL[N4m0[ho;`:_?\Wo=fh
824N`<01io\PV2aQU=anaU8I^R@[[DdQ1hNf`4Q0`C6P<D:1n4mnOoaOR2kXP1P5]9T2lEJTl27bPo20@9TP0021P5@[1@@5gG@0FDThD`XS
X1<2C61I7B04@858QCHa@4G:VC4m881AjALPT2A:E0=I>0MKF>X;02`IlL8LcQ\GPc\2cH;4OToZ=)";

const std::string_view kMembers21kMiil = R"(
jon_mO6n_NooooWkk[oooo?MmN_moVG4kVTooo<20h700000B203[4=4PP`Q1OPf7T499FL`0<0VaLo[4iCf2oAnWdoOoomognOFn^O_agon
_oko_oongo]o?Fgoo^^oWOokE;k?7oog_ooikoo?K_[LCD2nYlnCK\@P4oooo_dji_OW0^Ffk?_240P000knY>o?lU\^o^Lo[oomni[_WRX0
<>Q@iGYnSo?4bLdocCo>Clo_]E]oUa3i[_m]ooooooooooo`iG>>86DoGP049[KP24omQ4102P4F\O9I>goj9m<@;ZSQeUc2d91^ooooooog
oOYooooGkKkC_AooooOmkoo_U5OG7oadnooch>gik_L`o]oogoo_ooog_^oooOoAOooncgcEbkongncnOO_\gUXh700`J0bR]egEk0V[O@0B
81P\7h9bV8LWWejGbQT71`C7V[70GB410R18DC0<[T34hoOggm_V9H0B`0aJJW9AI=nU5N7CoYIcYT1842DJ0@88P8logKhDG<0TOloAlkOo
o72OOKn?ClfoIMkmj7[C[UjoQ5flo^boO?Eg]cioV0__P?naQ4@3Nfn`1\0PoMGbKMeD>V]P6Pme0Y:7QRb199Ulo3PB0Y0d7hcLe1=5KH2W
7QG@@5B0;R?4<lm0E2Ph2@MeBo000kY30HdN[5D02lOd7;:@]YN@hgoj<]25oWnCgm35_dnJjoL=WgUKR`1iH^MEojMgg`Ncok_n^oCm9KP;
MoNVWnaVBbINoio_ONlW0nOlSgMBbc;og]9eAO@in2VjG7M3Q:KVk3j[\WOacJG<N_Oo>3f\algk6kk6ck[i>UXlC>]FmEgX]Z_o^G[M\6M_
_Z]oolnS\6hi=lfBDdoO<niCogj7ReQ\^hgb?cSolgZn<7:Soioj_n=[GH9MioPnGoIan1]mZo^g<0E_[N3;MoN\o1Z0W3accOgCo?6[OMHl
aPn[nciSbVcG?olUA3GjmLkHch=ojMk\o5bg7?XHib=48;:Gd<42MLFPQ[A`1Y;g;LEo>TKF4mPL;io?9:>bmWGVd2AS>mo\II?aZLioI]?k
?DKV6kRSX?ScFoHn?P^OSTooP0M2Z3;Fnk<^Eig6_5X^oN6begj7<5oi@K^I3cXUMPOiFAW<i6fgkLlec=6M>KO7^hPY0KgW;7cN^fk]H7gc
3N4@Omo_WC`go3ogG7^o4mKg`goOZiVon;oMeI4>`bUeFT44L]AN]h=M[o=LHLlSf]G9h1Imng<1;VSfe\\MP95WoNhQVaFQK___oe7YjW`Y
>bccRA:51eR6BGETGIYf1GYkK^\cQo8Cb<Nn]?o4j_;omaDLGGbeV`bAO>_:m]^[Ne_c5Z>oiFVhcf7g_RiF6M\W0]Dhe2P75DCRe1gmoNeO
DmK`o4MNWi7gfKo4FYAoh\A=oHKmfo5[0iCdZooaoooMl34n;TC<nHdm>eK\OXRfD;Io:cjBfVNfHWeoFQ?oJmdfdBn3ckn3:S?bgO;SNoca
7nHLelOd8d7Omk\j[WI^2;=lklOaMaS7Vo[2T?iOVC9K7oF3\oah:WoYhO_cP<nmB^>VFDAm3hQ3a>]YQ1\g[l9:TLHAmikW`WcGn;U_2Nh:
CG^O2lK^diZ1YoLU``1nTH@_XA_d7o_FChkW?XkEoKinaO:3lO\\F]OoOmUONg_D^9\W125VkcSRXhG^5kR?ofcngCmYcRUSogYclokWRoAc
hJ;nXKULKSnDAVJnB9UP;]cm_oOg9eoWBBLPgG4Pl:[_Jka1<nkO;6]o0Nlj[c4\]^NlSg``<o6AC]bGCVebmnUA7aWSC6K_M^G7b3@;TkS<
G_kUcYoNmJ^O3olo6^`inJe_oi?mm28UnZM7`Vc8eV<Oi0^FNGjdm6gekAEXMnojneZBbEf75>Rk>WgoM=3n^DRm3UZVhg[h_?>mi?okfnO_
RdA2_mVigBmk_<IKfa=kaFY;D6O@`om=>nom_d[_FS\GOA_\Oj^>bJI>:`onomoKo^dEI@VnE@]0D100dPE48boW;jcW=Bm0ooemS80N@@XB
DUom[SoOKEdaJegkg0NR=EC05LC0l4Mc=LBf8E9_[]jnUGHE\0iXmkQ]GCE=cOnke?n7J`oo2]e3oon_mjh?noooOlPB:nNGnbe]lHWQoMmh
hnSg=R[W9D\NWj\onFoXQklJaS@Q2>Vcg77o[6;Bb6nP^C7Q?<_m1IB0hQikAjSe8k^JTP9_P^H098;SP9n0@PnoQW1A0V?d[?Q2024R0B0M
=Wj3;`7_oi6g1een9E0iSojOCEln_Vk5oKooodmom_oOn?oWoo_8faUhGcNnHjh_6ZKOVQV]kja6>A@NJdmJcQH=W8J?Y9S?S4SB0HWG0Omj
Wj[J\^MFOg@\4=`ZOXMiMm6FngogW<:SS4F28l^C9UGJ851P90@010?R\XST>n572XZ1NUlOAachi[?45H=26fj2Pd2D96Y0@P1HSh>P49<P
a@TDN`i8<6oQKKIY9@HU4^1080`eNd@1I5^Ydh1h\401oLPh5=^iTBPPm23U4004018K3P30PnU00@Z440:AQP`1ZaZRX1:0;0A000051H[7
;6]`i=80mP8440@P866H8BF62bEio935B34Y2LB<0T6Q0T<1IT01DYPL42602T20Jc40W0033T1NC>3H0D:4R3`211^Ia1F141ffb65Y<0QQ
70H4D02=@XX09H2=22Qg88H`a14<0=Sh7940:mPDP4P41P>10R`H6Q83PB`428P0fL@D8X9R@0Pea@V02@L0V@0P=<SQB<7PD0m0F0034a:I
N401<nDZXBCH0818P04FQ5<H<2cB4R4`10611001120T9BX@190X1E0:Q800J@0810PA08V42R0G<kDP4P?[ElKcgJW?loo]O?Q:olc[1P88
8<^hNB8<040`ORQ:iF5NIa9OdZKm;8j9V0001`Mco>20hQIXKiJ\`g62@dLHoWnk?kAY0PH@4Z3nLN?NAHi03<2io:GA@@e^7C\of\KO6PPk
^>P13S0000NAN=IM7d;M6gV\=haO1Pll;<DTW84@X\jMQ1i20@oLcW<Q3>kGh_?NdMOfm^4b?eogdVco2l>SA0Ya3HFT>D04@Y1J2`AT14T0
c`T16b6NLlL?oO0`:0:2M@bADf<G800LZ120P14DM408208e;>VX^<VK=gkSk?=9cA9gY0LfikJ8Pb?W`12KWj9h6QWUg?RlEC9;0PGPD00>
>^WE0L<mXnHJ]Kn8@WOM@>@Sc:4PC]X\NjS134_]ml^7DS\;Pc43P7Cc42Pd<1050DmAPPd7?T@Q7B?jXnD2MH68g_0Y2GP2hi\@hUlcSR0[
Qa`XaSi0PE77H0;2D@I0D>o[W<P64bEPnna95<L`:E0L`[k`BQXB3ol[F04YTH80gJ4iih`lcj8R9k5VVdDbkC;aH[N0m0Zho;@:??\Vo=bh
004N`<01io\PV2a0U=`n`U8I^R@[[DdQ1hLf`0P0`B6P<D81n4enOoaOR2cXP1P5]9T2lE:Tl27bPo20@9TP0021P5@[10@5gG@0FDThD`XS
P0<2C21I3@04@848QCHA@4G:VC4i080AjALP42A:E0=I>0MKF>X;02`IlL8LcQ\GPc\2cH;4OToZ=)";

const std::string_view kSynsetNames = R"(
organism;benthos;heterotroph;cell;person;animal;plant, flora;food;artifact;hop;check-in;dressage;curvet
piaffe;funambulism;rock climbing;contact sport;outdoor sport;gymnastics;acrobatics;track and field
track, running;jumping;broad jump;high jump;Fosbury flop;skiing;cross-country skiing;ski jumping;water sport
swimming;bathe;dip, plunge;dive;floating;dead-man's float;belly flop;cliff diving;flip;gainer, full gainer
half gainer;jackknife;swan dive;skin diving;scuba diving;snorkeling;surfing;water-skiing;rowing;sculling
boxing;professional boxing;in-fighting;fight;rope-a-dope;spar, sparring;archery;sledding;tobogganing;luging
bobsledding;wrestling;Greco-Roman wrestling;professional wrestling;sumo;skating;ice skating;figure skating
rollerblading;roller skating;skateboarding;speed skating;racing;auto racing;boat racing;hydroplane racing
camel racing;greyhound racing;horse racing;riding;equestrian sport;pony-trekking;showjumping
cross-country riding;cycling;bicycling;motorcycling;dune cycling;blood sport;bullfighting;cockfighting;hunt
battue;beagling;coursing;deer hunting;ducking;fox hunting;pigsticking;fishing;angling;fly-fishing
troll, trolling;casting;bait casting;fly casting;overcast;surf casting;day game;athletic game;ice hockey
tetherball;water polo;outdoor game;golf;professional golf;round of golf;medal play;match play;miniature golf
croquet;quoits;shuffleboard;field game;field hockey;shinny;football, football game;American football
professional football;touch football;hurling;rugby;ball game;baseball, baseball game;ball
professional baseball;hardball;perfect game;no-hit game;one-hitter;two-hitter;three-hitter;four-hitter
five-hitter;softball, softball game;rounders;stickball;cricket;lacrosse;polo;pushball;soccer;court game
handball;racquetball;fives;squash, squash racquets;volleyball, volleyball game;jai alai;badminton;battledore
basketball, basketball game;professional basketball;deck tennis;netball;tennis;professional tennis;singles
singles;doubles;doubles;royal tennis;pallone;sport, athletics;clasp, clench;judo;team sport;Last Supper
Seder;camping;pest;critter;creepy-crawly;darter;peeper;homeotherm;poikilotherm;range animal;scavenger
bottom-feeder, bottom-dweller;bottom-feeder;work animal;beast of burden;draft animal;pack animal
domestic animal;feeder;feeder;stocker;hatchling;head;migrator;molter;pet;stayer;stunt;marine animal;by-catch
female;hen;male;adult;young;orphan;young mammal;baby;pup;wolf pup;puppy;cub, young carnivore;lion cub
bear cub;tiger cub;kit;suckling;sire;dam;thoroughbred, purebred;giant;mutant;carnivore;herbivore;insectivore
acrodont;pleurodont;microorganism;monohybrid;arbovirus;adenovirus;arenavirus;Marburg virus;Arenaviridae
vesiculovirus;Reoviridae;variola major;viroid;coliphage;paramyxovirus;poliovirus;herpes, herpes virus
herpes simplex 1;herpes zoster;herpes varicella zoster;cytomegalovirus;varicella zoster virus;polyoma
lyssavirus;reovirus;rotavirus;moneran;archaebacteria;bacteroid;Bacillus anthracis;Yersinia pestis;Brucella
spirillum, spirilla;botulinus;clostridium perfringens;cyanobacteria;trichodesmium;nitric bacteria;spirillum
Francisella;gonococcus;Corynebacterium diphtheriae;enteric bacteria;klebsiella;Salmonella typhimurium
typhoid bacillus;nitrate bacterium;nitrite bacterium;actinomycete;streptomyces;Streptomyces erythreus
Streptomyces griseus;tubercle bacillus;pus-forming bacteria;streptobacillus;myxobacteria;staphylococcus
diplococcus;pneumococcus;streptococcus;spirochete;planktonic algae;zooplankton;parasite;endoparasite
ectoparasite;pathogen;commensal;myrmecophile;protoctist;protozoan;sarcodinian;heliozoan;endameba;ameba
globigerina;testacean;arcella;difflugia;ciliate;paramecium;stentor;alga;arame;seagrass;golden algae
yellow-green algae;brown algae;kelp;fucoid, fucoid algae;fucoid;fucus;bladderwrack;green algae;pond scum
chlorella;stonewort;desmid;sea moss;eukaryote;prokaryote;zooid;Leishmania;zoomastigote;polymastigote;costia
giardia;cryptomonad;sporozoan;sporozoite;trophozoite;merozoite;coccidium;gregarine;plasmodium;leucocytozoan
microsporidian;Ostariophysi;cypriniform fish;loach;cyprinid;carp;domestic carp;leather carp;mirror carp
European bream;tench;dace;chub;shiner;common shiner;roach;rudd;minnow;gudgeon;goldfish;crucian carp
electric eel;catostomid;buffalo fish;black buffalo;hog sucker;redhorse;cyprinodont;killifish;mummichog
striped killifish;rivulus;flagfish;swordtail;guppy;topminnow;mosquitofish;platy;mollie;squirrelfish
reef squirrelfish;deepwater squirrelfish;Holocentrus ascensionis;soldierfish;anomalops;flashlight fish
John Dory;boarfish, Capros aper;boarfish;cornetfish;stickleback;three-spined stickleback
ten-spined stickleback;pipefish;dwarf pipefish;deepwater pipefish;seahorse;snipefish;shrimpfish;trumpetfish
pellicle;embryo;fetus;abortus;spawn;blastula;blastocyst;gastrula;morula;yolk;chordate;cephalochordate
lancelet;tunicate;ascidian;sea squirt;salp;doliolum;larvacean;appendicularia;ascidian tadpole;vertebrate
Amniota;amniote;aquatic vertebrate;jawless vertebrate;ostracoderm;heterostracan;anaspid;conodont;cyclostome
lamprey;sea lamprey;hagfish;Myxine glutinosa;eptatretus;gnathostome;placoderm;cartilaginous fish
holocephalan;chimaera;rabbitfish;elasmobranch;shark;cow shark;mackerel shark;porbeagle;mako;shortfin mako
longfin mako;bonito shark;great white shark;basking shark;thresher, thrasher;carpet shark;nurse shark
sand tiger;whale shark;requiem shark;bull shark;sandbar shark;blacktip shark
whitetip shark, oceanic whitetip shark;dusky shark;lemon shark;blue shark;tiger shark;soupfin shark;dogfish
smooth dogfish;smoothhound;American smooth dogfish;Florida smoothhound;whitetip shark, reef whitetip shark
spiny dogfish;Atlantic spiny dogfish;Pacific spiny dogfish;hammerhead, hammerhead shark;smooth hammerhead
smalleye hammerhead;shovelhead;angel shark;ray;electric ray;sawfish;smalltooth sawfish;guitarfish;stingray
roughtail stingray;butterfly ray;eagle ray;spotted eagle ray;cownose ray;manta;Atlantic manta;devil ray
skate;grey skate;little skate;thorny skate;barndoor skate;bird;dickeybird;fledgling;nestling;cock;gamecock
hen;nester;night bird;night raven;bird of passage;archaeopteryx;archaeornis;ratite;carinate;ostrich
cassowary;emu;kiwi, apteryx;rhea, Rhea americana;rhea, nandu;elephant bird;moa;passerine;nonpasserine bird
oscine;songbird;honey eater;accentor;hedge sparrow;lark;skylark;wagtail;pipit;meadow pipit;finch;chaffinch
brambling;goldfinch;linnet;siskin;red siskin;redpoll, Carduelis flammea;redpoll, Carduelis hornemanni
New World goldfinch;pine siskin;house finch;purple finch;canary;common canary;serin;crossbill;bullfinch
junco;dark-eyed junco;New World sparrow;vesper sparrow;white-throated sparrow;white-crowned sparrow
chipping sparrow;field sparrow;tree sparrow, Spizella arborea;song sparrow;swamp sparrow;bunting
indigo bunting;ortolan;reed bunting;yellowhammer;yellow-breasted bunting;snow bunting;honeycreeper
banana quit;sparrow;English sparrow;tree sparrow, Passer montanus;grosbeak;evening grosbeak;hawfinch
pine grosbeak;cardinal, cardinal grosbeak;pyrrhuloxia;towhee;chewink;green-tailed towhee;weaver;baya;whydah
Java sparrow;avadavat;grassfinch;zebra finch;honeycreeper, Hawaiian honeycreeper;lyrebird;scrubbird
broadbill;tyrannid;New World flycatcher;kingbird;Arkansas kingbird;Cassin's kingbird;eastern kingbird
grey kingbird;pewee;western wood pewee;phoebe;vermillion flycatcher;cotinga
cock of the rock, Rupicola rupicola;cock of the rock, Rupicola peruviana;manakin;bellbird;umbrella bird
ovenbird;antbird;ant thrush;ant shrike;spotted antbird;woodhewer;pitta;scissortail;Old World flycatcher
spotted flycatcher;thickhead;thrush;missel thrush;song thrush;fieldfare;redwing;blackbird;ring ouzel
robin, American robin;clay-colored robin;hermit thrush;veery;wood thrush;nightingale;thrush nightingale
bulbul;Old World chat;stonechat;whinchat;solitaire;redstart;wheatear;bluebird;robin, redbreast;bluethroat
warbler;gnatcatcher;kinglet;goldcrest;gold-crowned kinglet;ruby-crowned kinglet;Old World warbler;blackcap
greater whitethroat;lesser whitethroat;wood warbler;sedge warbler;wren warbler;tailorbird;babbler
New World warbler;parula warbler;Wilson's warbler;flycatching warbler;American redstart;Cape May warbler
yellow warbler;Blackburn;Audubon's warbler;myrtle warbler;blackpoll;New World chat;yellow-breasted chat
ovenbird, Seiurus aurocapillus;water thrush;yellowthroat;common yellowthroat;riflebird;New World oriole
northern oriole;Baltimore oriole;Bullock's oriole;orchard oriole;meadowlark;eastern meadowlark
western meadowlark;cacique;bobolink;New World blackbird;grackle;purple grackle;rusty blackbird;cowbird
red-winged blackbird;Old World oriole;golden oriole;fig-bird;starling;common starling;rose-colored starling
myna;crested myna;hill myna;corvine bird;crow;American crow;raven;rook;jackdaw;chough;jay;Old World jay
common European jay;New World jay;blue jay;Canada jay;Rocky Mountain jay;nutcracker;common nutcracker
Clark's nutcracker;magpie;European magpie;American magpie;Australian magpie;butcherbird;currawong
piping crow;wren;winter wren;house wren;marsh wren;long-billed marsh wren;sedge wren
rock wren, Salpinctes obsoletus;Carolina wren;cactus wren;mockingbird;blue mockingbird;catbird;thrasher
brown thrasher;New Zealand wren;rock wren, Xenicus gilviventris;rifleman bird;creeper, tree creeper
brown creeper;European creeper;wall creeper;European nuthatch;red-breasted nuthatch;white-breasted nuthatch
titmouse;chickadee;black-capped chickadee;tufted titmouse;Carolina chickadee;blue tit;bushtit;wren-tit
verdin;fairy bluebird;swallow;barn swallow;cliff swallow;tree swallow;white-bellied swallow;martin
house martin;bank martin;purple martin;wood swallow;tanager;scarlet tanager;western tanager;summer tanager
hepatic tanager;shrike;butcherbird;European shrike;northern shrike;white-rumped shrike;loggerhead shrike
migrant shrike;bush shrike;black-fronted bush shrike;bowerbird;satin bowerbird;great bowerbird;water ouzel
European water ouzel;American water ouzel;vireo;red-eyed vireo;solitary vireo;blue-headed vireo;waxwing
cedar waxwing;Bohemian waxwing;bird of prey;Accipitriformes;hawk;eyas;tiercel;goshawk
sparrow hawk, Accipiter nisus;Cooper's hawk;chicken hawk;buteonine;redtail;rough-legged hawk
red-shouldered hawk;buzzard, Buteo buteo;honey buzzard;kite;black kite;swallow-tailed kite;white-tailed kite
harrier;marsh harrier;Montagu's harrier;marsh hawk;harrier eagle;falcon;peregrine;falcon-gentle;gyrfalcon
kestrel;sparrow hawk, American kestrel;pigeon hawk;hobby;caracara;Audubon's caracara;carancha;eagle
young bird;eaglet;harpy, harpy eagle;golden eagle;tawny eagle;bald eagle;sea eagle;Kamchatkan sea eagle;ern
fishing eagle;osprey;vulture;Aegypiidae;Old World vulture;griffon vulture;bearded vulture;Egyptian vulture
black vulture, Aegypius monachus;secretary bird;New World vulture;buzzard, turkey buzzard;condor
Andean condor;California condor;black vulture, carrion crow;king vulture;owl;owlet;little owl;horned owl
great horned owl;great grey owl;tawny owl;barred owl;screech owl, Otus asio;screech owl;scops owl
spotted owl;Old World scops owl;Oriental scops owl;hoot owl;hawk owl;long-eared owl;laughing owl;barn owl
amphibian;Ichyostega;urodele;salamander;European fire salamander;spotted salamander, fire salamander
alpine salamander;newt;common newt;red eft;Pacific newt;rough-skinned newt;California newt;eft;ambystomid
mole salamander;spotted salamander, Ambystoma maculatum;tiger salamander;axolotl;waterdog;hellbender
giant salamander;olm;mud puppy;dicamptodon;Pacific giant salamander;olympic salamander;lungless salamander
eastern red-backed salamander;western red-backed salamander;dusky salamander;climbing salamander
arboreal salamander;slender salamander;web-toed salamander;Shasta salamander;limestone salamander;amphiuma
siren;frog;true frog;wood-frog;leopard frog;bullfrog;green frog;cascades frog;goliath frog;pickerel frog
tarahumara frog;grass frog;leptodactylid frog;robber frog;barking frog;crapaud;tree frog;tailed frog
Liopelma hamiltoni;true toad;bufo;agua;European toad;natterjack;American toad;Eurasian green toad
American green toad;Yosemite toad;Texas toad;southwestern toad;western toad;obstetrical toad;midwife toad
fire-bellied toad;spadefoot;western spadefoot;southern spadefoot;plains spadefoot;tree toad;spring peeper
Pacific tree toad;canyon treefrog;chameleon tree frog;cricket frog;northern cricket frog
eastern cricket frog;chorus frog;lowland burrowing treefrog;western narrow-mouthed toad
eastern narrow-mouthed toad;sheep frog;tongueless frog;Surinam toad;African clawed frog
South American poison toad;caecilian;reptile;anapsid;diapsid;Diapsida;chelonian;turtle;sea turtle
green turtle;loggerhead;ridley;Atlantic ridley;Pacific ridley;hawksbill turtle;leatherback turtle
snapping turtle;common snapping turtle;alligator snapping turtle;mud turtle;musk turtle;terrapin
diamondback terrapin;red-bellied terrapin;slider;cooter;box turtle;Western box turtle;painted turtle
tortoise;European tortoise;giant tortoise;gopher tortoise;desert tortoise;Texas tortoise;soft-shelled turtle
spiny softshell;smooth softshell;tuatara;saurian;lizard;gecko;flying gecko;banded gecko;iguanid
common iguana;marine iguana;desert iguana;chuckwalla;zebra-tailed lizard;fringe-toed lizard;earless lizard
collared lizard;leopard lizard;spiny lizard;fence lizard;western fence lizard;eastern fence lizard
sagebrush lizard;side-blotched lizard;tree lizard;horned lizard;Texas horned lizard;basilisk
American chameleon;worm lizard;night lizard;skink;western skink;mountain skink;teiid lizard;whiptail
racerunner;plateau striped whiptail;Chihuahuan spotted whiptail;western whiptail;checkered whiptail;teju
caiman lizard;agamid;agama;frilled lizard;moloch;mountain devil;anguid lizard;alligator lizard;blindworm
glass lizard;legless lizard;Lanthanotus borneensis;venomous lizard;Gila monster;beaded lizard
lacertid lizard;sand lizard;green lizard;chameleon, chamaeleon;African chameleon;horned chameleon
monitor, monitor lizard;African monitor;Komodo dragon;crocodilian reptile;crocodile;African crocodile
Asian crocodile;Morlett's crocodile;false gavial;alligator;American alligator;Chinese alligator;caiman
spectacled caiman;gavial;armored dinosaur;stegosaur;ankylosaur;Edmontonia;bone-headed dinosaur
pachycephalosaur;ceratopsian;protoceratops;triceratops;styracosaur;psittacosaur;ornithopod;hadrosaur
trachodon;saurischian;sauropod;apatosaur;barosaur;diplodocus;argentinosaur;theropod;ceratosaur;coelophysis
tyrannosaur;allosaur;ornithomimid;maniraptor;oviraptorid;velociraptor;deinonychus;utahraptor;synapsid
dicynodont;pelycosaur;dimetrodon;pterosaur;pterodactyl;ichthyosaur;ichthyosaurus;stenopterygius;plesiosaur
nothosaur;snake;colubrid snake;hoop snake;thunder snake;ringneck snake;hognose snake;leaf-nosed snake
green snake, grass snake;smooth green snake;rough green snake;green snake;racer;blacksnake;blue racer
horseshoe whipsnake;whip-snake;coachwhip;California whipsnake;Sonoran whipsnake;rat snake;corn snake
black rat snake;chicken snake;Indian rat snake;glossy snake;bull snake;gopher snake;pine snake;king snake
common kingsnake;milk snake;garter snake;common garter snake;ribbon snake;Western ribbon snake;lined snake
ground snake;eastern ground snake;water snake;common water snake;water moccasin;grass snake
viperine grass snake;red-bellied snake;sand snake;banded sand snake;black-headed snake;vine snake;lyre snake
Sonoran lyre snake;night snake;blind snake;western blind snake;indigo snake;eastern indigo snake;constrictor
boa;boa constrictor;rubber boa;rosy boa;anaconda;python;carpet snake;reticulated python;Indian python
rock python;amethystine python;elapid;coral snake, harlequin-snake;eastern coral snake;western coral snake
coral snake, Old World coral snake;African coral snake;Australian coral snake;copperhead, Denisonia superba
cobra;Indian cobra;asp, Egyptian cobra;black-necked cobra;hamadryad;ringhals;mamba;black mamba;green mamba
death adder;tiger snake;Australian blacksnake;krait;banded krait;taipan;sea snake;viper;adder, common viper
asp, asp viper;puff adder;gaboon viper;horned viper;pit viper;copperhead, Agkistrodon contortrix
water moccasin, cottonmouth;rattlesnake;diamondback;timber rattlesnake;canebrake rattlesnake
prairie rattlesnake;sidewinder, horned rattlesnake;Western diamondback;rock rattlesnake;tiger rattlesnake
Mojave rattlesnake;speckled rattlesnake;massasauga;ground rattler;fer-de-lance;carcase;carrion;arthropod
trilobite;arachnid;harvestman;scorpion;false scorpion;book scorpion;whip-scorpion;vinegarroon;spider
orb-weaving spider;black and gold garden spider;barn spider;garden spider;comb-footed spider;black widow
tarantula;wolf spider;European wolf spider;trap-door spider;acarine;tick;hard tick;Ixodes dammini
Ixodes neotomae;Ixodes pacificus;Ixodes scapularis;sheep-tick;Ixodes persulcatus;Ixodes dentatus
Ixodes spinipalpis;wood tick;soft tick;mite;web-spinning mite;acarid;trombidiid;trombiculid;harvest mite
acarus;itch mite;rust mite;spider mite;red spider;myriapod;garden centipede;tardigrade;centipede
house centipede;millipede;sea spider;Merostomata;horseshoe crab;Asian horseshoe crab;eurypterid;tongue worm
gallinaceous bird;domestic fowl;Dorking;Plymouth Rock;Cornish;Rock Cornish;game fowl;cochin;jungle fowl
jungle cock;jungle hen;red jungle fowl;chicken;bantam;chick;cock, rooster;cockerel;capon;hen, biddy;cackler
brood hen;mother hen;layer;pullet;spring chicken;Rhode Island red;Dominique;Orpington;turkey;turkey cock
ocellated turkey;grouse;black grouse;European black grouse;Asian black grouse;blackcock;greyhen;ptarmigan
red grouse;moorhen;capercaillie;spruce grouse;sage grouse;ruffed grouse;sharp-tailed grouse;prairie chicken
greater prairie chicken;lesser prairie chicken;heath hen;guan;curassow;piping guan;chachalaca
Texas chachalaca;megapode;mallee fowl;mallee hen;brush turkey;maleo;phasianid;pheasant;ring-necked pheasant
afropavo;argus;golden pheasant;bobwhite;northern bobwhite;Old World quail;migratory quail;monal;peafowl
peachick;peacock;peahen;blue peafowl;green peafowl;quail;California quail;tragopan;partridge
Hungarian partridge;red-legged partridge;Greek partridge;mountain quail;guinea fowl;guinea hen;hoatzin
tinamou;columbiform bird;dodo, Raphus cucullatus;pigeon;pouter pigeon;dove;rock dove;band-tailed pigeon
wood pigeon;turtledove;Streptopelia turtur;ringdove;Australian turtledove;mourning dove;domestic pigeon
squab;fairy swallow;roller, tumbler;homing pigeon;carrier pigeon;passenger pigeon;sandgrouse
painted sandgrouse;pin-tailed sandgrouse;pallas's sandgrouse;parrot;popinjay;poll;African grey;amazon;macaw
kea;cockatoo;sulphur-crested cockatoo;pink cockatoo;cockateel;lovebird;lory;lorikeet;varied Lorikeet
rainbow lorikeet;parakeet;Carolina parakeet;budgerigar;ring-necked parakeet;cuculiform bird;cuckoo
European cuckoo;black-billed cuckoo;roadrunner;ani;coucal;crow pheasant;touraco;coraciiform bird;roller
European roller;ground roller;kingfisher;Eurasian kingfisher;belted kingfisher;kookaburra;bee eater;hornbill
hoopoe;Euopean hoopoe;wood hoopoe;motmot;tody;apodiform bird;swift;European swift;chimney swift;swiftlet
tree swift;hummingbird;Archilochus colubris;thornbill;goatsucker;European goatsucker;chuck-will's-widow
whippoorwill;poorwill;frogmouth;oilbird;piciform bird;woodpecker;green woodpecker;downy woodpecker;flicker
yellow-shafted flicker;gilded flicker;red-shafted flicker;ivorybill;redheaded woodpecker;sapsucker
yellow-bellied sapsucker;red-breasted sapsucker;wryneck;piculet;barbet;puffbird;honey guide;jacamar;toucan
toucanet;trogon;quetzal;resplendent quetzel;aquatic bird;waterfowl;anseriform bird;duck;drake;quack-quack
duckling;diving duck;dabbling duck;mallard;black duck;teal;greenwing;bluewing;garganey;widgeon
American widgeon;shoveler;pintail;sheldrake;shelduck;ruddy duck;bufflehead;goldeneye;Barrow's goldeneye
canvasback;pochard;redhead, Aythya americana;scaup;greater scaup;lesser scaup;wild duck;wood duck;wood drake
mandarin duck;muscovy duck;sea duck;eider;scoter;common scoter;old squaw;merganser;goosander
American merganser;red-breasted merganser;smew;hooded merganser;goose;gosling;gander;Chinese goose;greylag
blue goose;snow goose;brant;common brant goose;honker;barnacle goose;coscoroba;swan;cob;pen;cygnet;mute swan
whooper;tundra swan;whistling swan;Bewick's swan;trumpeter, trumpeter swan;black swan;screamer
horned screamer;crested screamer;chaja;mammal;female mammal;tusker;prototherian;monotreme
echidna, spiny anteater;echidna, spiny anteater;platypus;marsupial;opossum;common opossum
crab-eating opossum;opossum rat;bandicoot;rabbit-eared bandicoot;kangaroo;giant kangaroo;wallaby
common wallaby;hare wallaby;nail-tailed wallaby;rock wallaby;pademelon;tree wallaby;musk kangaroo
rat kangaroo;potoroo;bettong;jerboa kangaroo;phalanger;cuscus;brush-tailed phalanger;flying phalanger;koala
wombat;dasyurid marsupial;dasyure;eastern dasyure;native cat;thylacine;Tasmanian devil;pouched mouse;numbat
pouched mole;placental;livestock;bull;cow;calf;calf;yearling;buck;doe;insectivore;mole;starnose mole
brewer's mole;golden mole;shrew mole;Asiatic shrew mole;American shrew mole;shrew, shrewmouse;common shrew
masked shrew;short-tailed shrew;water shrew;American water shrew;European water shrew
Mediterranean water shrew;least shrew;hedgehog;tenrec;tailless tenrec;otter shrew;eiderdown;aftershaft
sickle feather;contour feather;bastard wing;saddle hackle;encolure;hair;squama;scute;sclerite;plastron
scallop shell;oyster shell;theca;invertebrate;sponge;choanocyte;glass sponge;Venus's flower basket;metazoan
coelenterate;planula;polyp;medusa;jellyfish;scyphozoan;Chrysaora quinquecirrha;hydrozoan;hydra;siphonophore
nanomia;Portuguese man-of-war;praya;apolemia;anthozoan;sea anemone;actinia;sea pen;coral;gorgonian
sea feather;sea fan;red coral;stony coral;brain coral;staghorn coral;mushroom coral;ctenophore;beroe
platyctenean;sea gooseberry;Venus's girdle;worm;helminth;woodworm;woodborer;acanthocephalan;arrowworm
bladder worm;flatworm;planarian;fluke;cercaria;liver fluke;Fasciolopsis buski;schistosome;tapeworm
echinococcus;taenia;ribbon worm;beard worm;rotifer;nematode;common roundworm;chicken roundworm;pinworm
eelworm;vinegar eel;trichina;hookworm;filaria;Guinea worm;annelid;archiannelid;oligochaete;earthworm
polychaete;lugworm;sea mouse;bloodworm;leech;medicinal leech;horseleech;mollusk;scaphopod;tooth shell
gastropod;abalone;ormer;scorpion shell;conch;giant conch;snail;edible snail;garden snail;brown snail
Helix hortensis;slug;seasnail;neritid;nerita;bleeding tooth;neritina;whelk;moon shell;periwinkle, winkle
limpet;common limpet;keyhole limpet;river limpet;sea slug;sea hare;Hermissenda crassicornis;bubble shell
physa;cowrie;money cowrie;tiger cowrie;solenogaster;chiton;bivalve;spat;clam;seashell;soft-shell clam;quahog
littleneck;cherrystone;geoduck;razor clam;giant clam;cockle;edible cockle;oyster;Japanese oyster
Virginia oyster;pearl oyster;saddle oyster;window oyster;ark shell;blood clam;mussel;marine mussel
edible mussel;freshwater mussel;pearly-shelled mussel;thin-shelled mussel;zebra mussel;scallop, scollop
bay scallop;sea scallop;shipworm;teredo;piddock;cephalopod;chambered nautilus;octopod;octopus;paper nautilus
decapod;squid;loligo;ommastrephes;architeuthis;cuttlefish;spirula;crustacean;malacostracan crustacean
decapod crustacean;brachyuran;crab;stone crab;hard-shell crab;soft-shell crab;Dungeness crab;rock crab
Jonah crab;swimming crab;English lady crab;American lady crab;blue crab;fiddler crab;pea crab;king crab
spider crab;European spider crab;giant crab;lobster;true lobster;American lobster;European lobster
Cape lobster;Norway lobster;spiny lobster;crayfish;Old World crayfish;American crayfish;hermit crab;shrimp
snapping shrimp;prawn;long-clawed prawn;tropical prawn;krill;Euphausia pacifica;opossum shrimp;stomatopod
mantis shrimp;squilla;isopod;woodlouse;pill bug;sow bug;sea louse;amphipod;skeleton shrimp;whale louse
daphnia;fairy shrimp;brine shrimp;tadpole shrimp;copepod;cyclops;seed shrimp;barnacle;acorn barnacle
goose barnacle;onychophoran;wading bird;stork;white stork;black stork;adjutant bird;marabou;openbill;jabiru
saddlebill;policeman bird;wood ibis, wood stork;shoebill;ibis;wood ibis, wood stork;sacred ibis;spoonbill
common spoonbill;roseate spoonbill;flamingo;heron;great blue heron;great white heron, Ardea occidentalis
egret;little blue heron;snowy egret;little egret;great white heron, Casmerodius albus;American egret
cattle egret;night heron;black-crowned night heron;yellow-crowned night heron;boatbill;bittern
American bittern;European bittern;least bittern;crane, wading bird;whooping crane;courlan;limpkin
crested cariama;chunga;rail;weka;crake;corncrake;spotted crake;gallinule;Florida gallinule
moorhen, Gallinula chloropus;purple gallinule;European gallinule;American gallinule;notornis;coot
American coot;Old World coot;bustard;great bustard;plain turkey;button quail;striped button quail
plain wanderer;trumpeter;Brazilian trumpeter;seabird;shorebird;plover;piping plover;killdeer;dotterel
golden plover;lapwing;turnstone;ruddy turnstone;black turnstone;sandpiper;surfbird;European sandpiper
spotted sandpiper;least sandpiper;red-backed sandpiper;greenshank;redshank;yellowlegs;greater yellowlegs
lesser yellowlegs;pectoral sandpiper;knot, greyback;curlew sandpiper;sanderling;upland sandpiper;ruff;reeve
tattler;Polynesian tattler;willet;woodcock;Eurasian woodcock;American woodcock;snipe;whole snipe
Wilson's snipe;great snipe;jacksnipe;dowitcher;greyback;red-breasted snipe;curlew;European curlew
Eskimo curlew;godwit;Hudsonian godwit;stilt, stiltbird;black-necked stilt;black-winged stilt
white-headed stilt;kaki;stilt, Australian stilt;banded stilt;avocet;oystercatcher;phalarope;red phalarope
northern phalarope;Wilson's phalarope;pratincole;courser;cream-colored courser;crocodile bird;stone curlew
coastal diving bird;larid;gull;mew;black-backed gull;herring gull;laughing gull;ivory gull;kittiwake;tern
sea swallow;skimmer;jaeger;parasitic jaeger;skua;great skua;auk;auklet;razorbill;little auk;guillemot
black guillemot;pigeon guillemot;murre;common murre;thick-billed murre;puffin;Atlantic puffin;horned puffin
tufted puffin;gaviiform seabird;loon;podicipitiform seabird;grebe;great crested grebe;red-necked grebe
black-necked grebe;dabchick;pied-billed grebe;pelecaniform seabird;pelican;white pelican
Old world white pelican;frigate bird;gannet;solan;booby;cormorant;snakebird;water turkey;tropic bird
sphenisciform seabird;penguin;Adelie;king penguin;emperor penguin;jackass penguin;rock hopper;pelagic bird
procellariiform seabird;albatross;wandering albatross;black-footed albatross;petrel;white-chinned petrel
giant petrel;fulmar;shearwater;Manx shearwater;storm petrel;stormy petrel;Mother Carey's chicken
diving petrel;aquatic mammal;cetacean;whale;baleen whale;right whale;bowhead;rorqual;blue whale;finback
sei whale;lesser rorqual;humpback;grey whale;toothed whale;sperm whale;pygmy sperm whale;dwarf sperm whale
beaked whale;bottle-nosed whale;dolphin;common dolphin;bottlenose dolphin;Atlantic bottlenose dolphin
Pacific bottlenose dolphin;porpoise;harbor porpoise;vaquita;grampus;killer whale;pilot whale;river dolphin
narwhal;white whale;sea cow;manatee;dugong;Steller's sea cow;carnivore;omnivore;pinniped mammal;seal
crabeater seal;eared seal;fur seal;guadalupe fur seal;fur seal;Alaska fur seal;sea lion
South American sea lion;California sea lion;Australian sea lion;Steller sea lion;earless seal;harbor seal
harp seal;elephant seal;bearded seal;hooded seal;walrus;Atlantic walrus;Pacific walrus;Fissipedia
fissiped mammal;aardvark;canine;bitch;brood bitch;dog;pooch;cur;feist;pariah dog;lapdog;toy dog;Chihuahua
Japanese spaniel;Maltese dog;Pekinese;Shih-Tzu;toy spaniel;English toy spaniel;Blenheim spaniel
King Charles spaniel;papillon;toy terrier;hunting dog;courser;Rhodesian ridgeback;hound;Afghan hound;basset
beagle;bloodhound;bluetick;boarhound;coonhound;coondog;black-and-tan coonhound;dachshund;sausage dog
foxhound;American foxhound;Walker hound;English foxhound;harrier;Plott hound;redbone;wolfhound;borzoi
Irish wolfhound;greyhound;Italian greyhound;whippet;Ibizan hound;Norwegian elkhound;otterhound;Saluki
Scottish deerhound;staghound;Weimaraner;terrier;bullterrier;Staffordshire bullterrier
American Staffordshire terrier;Bedlington terrier;Border terrier;Kerry blue terrier;Irish terrier
Norfolk terrier;Norwich terrier;Yorkshire terrier;rat terrier;Manchester terrier;toy Manchester;fox terrier
smooth-haired fox terrier;wire-haired fox terrier;wirehair;Lakeland terrier;Welsh terrier;Sealyham terrier
Airedale;cairn, cairn terrier;Australian terrier;Dandie Dinmont;Boston bull;schnauzer;miniature schnauzer
giant schnauzer;standard schnauzer;Scotch terrier;Tibetan terrier;silky terrier;Skye terrier
Clydesdale terrier;soft-coated wheaten terrier;West Highland white terrier;Lhasa;sporting dog;bird dog
water dog;retriever;flat-coated retriever;curly-coated retriever;golden retriever;Labrador retriever
Chesapeake Bay retriever;pointer;German short-haired pointer;setter;vizsla;English setter;Irish setter
Gordon setter;spaniel;Brittany spaniel;clumber;field spaniel;springer spaniel;English springer
Welsh springer spaniel;cocker spaniel;Sussex spaniel;water spaniel;American water spaniel
Irish water spaniel;griffon, wire-haired pointing griffon;working dog;watchdog;kuvasz;attack dog;housedog
schipperke;shepherd dog;Belgian sheepdog;groenendael;malinois;briard;kelpie;komondor;Old English sheepdog
Shetland sheepdog;collie;Border collie;Bouvier des Flandres;Rottweiler;German shepherd;police dog;pinscher
Doberman;miniature pinscher;Sennenhunde;Greater Swiss Mountain dog;Bernese mountain dog;Appenzeller
EntleBucher;boxer;mastiff;bull mastiff;Tibetan mastiff;bulldog;French bulldog;Great Dane;guide dog
Seeing Eye dog;hearing dog;Saint Bernard;seizure-alert dog;sled dog;Eskimo dog;malamute;Siberian husky
dalmatian;liver-spotted dalmatian;affenpinscher;basenji;pug;Leonberg;Newfoundland;Great Pyrenees;spitz
Samoyed;Pomeranian;chow, chow chow;keeshond;griffon, Brussels griffon;Brabancon griffon;corgi;Pembroke
Cardigan;poodle;toy poodle;miniature poodle;standard poodle;large poodle;Mexican hairless;wolf;timber wolf
white wolf;red wolf;coyote;coydog;jackal;wild dog;dingo;dhole;crab-eating dog;raccoon dog
African hunting dog;hyena;striped hyena;brown hyena;spotted hyena;aardwolf;fox;vixen;Reynard
red fox, Vulpes vulpes;black fox;silver fox;red fox, Vulpes fulva;kit fox, prairie fox
kit fox, Vulpes macrotis;Arctic fox;blue fox;grey fox;feline;cat;domestic cat;kitty;mouser;alley cat;stray
tom;gib;tabby, queen;kitten;tabby, tabby cat;tiger cat;tortoiseshell, tortoiseshell-cat;Persian cat
Angora, Angora cat;Siamese cat;blue point Siamese;Burmese cat;Egyptian cat;Maltese;Abyssinian;Manx;wildcat
sand cat;European wildcat;cougar;ocelot;jaguarundi;kaffir cat;jungle cat;serval;leopard cat;margay;manul
lynx;common lynx;Canada lynx;bobcat;spotted lynx;caracal;big cat;leopard, Panthera pardus;leopardess;panther
snow leopard;jaguar;lion;lioness;lionet;tiger;Bengal tiger;tigress;liger;tiglon;cheetah;saber-toothed tiger
Smiledon californicus;bear;brown bear;bruin;Syrian bear;grizzly;Alaskan brown bear;American black bear
cinnamon bear;Asiatic black bear;ice bear;sloth bear;viverrine;civet;large civet;small civet;binturong
Cryptoprocta;fossa;fanaloka;genet;banded palm civet;mongoose;Indian mongoose;ichneumon;palm cat;meerkat
slender-tailed meerkat;suricate;bat, chiropteran;fruit bat;flying fox;Pteropus capestratus
Pteropus hypomelanus;harpy, harpy bat;Cynopterus sphinx;carnivorous bat;mouse-eared bat;leafnose bat
macrotus;spearnose bat;Phyllostomus hastatus;hognose bat;horseshoe bat;horseshoe bat;orange bat
false vampire;big-eared bat;vespertilian bat;frosted bat;red bat;brown bat;little brown bat;cave myotis
big brown bat;serotine;pallid bat;pipistrelle;eastern pipistrel;jackass bat;long-eared bat
western big-eared bat;freetail;guano bat;pocketed bat;mastiff bat;vampire bat;Desmodus rotundus
hairy-legged vampire bat;predator;prey;game;big game;game bird;fossorial mammal;tetrapod;quadruped;hexapod
biped;insect;social insect;holometabola;defoliator;pollinator;gallfly;scorpion fly;hanging fly;collembolan
beetle;tiger beetle;ladybug;two-spotted ladybug;Mexican bean beetle;Hippodamia convergens;vedalia
ground beetle;bombardier beetle;calosoma;searcher;firefly, lightning bug;glowworm;long-horned beetle
sawyer, sawyer beetle;pine sawyer;leaf beetle;flea beetle;Colorado potato beetle;carpet beetle
buffalo carpet beetle;black carpet beetle;clerid beetle;bee beetle;lamellicorn beetle;scarabaeid beetle
dung beetle;scarab;tumblebug;dorbeetle;June beetle;green June beetle;Japanese beetle;Oriental beetle
rhinoceros beetle;melolonthid beetle;cockchafer;rose chafer, rose bug;rose chafer, rose beetle;stag beetle
elaterid beetle;click beetle;firefly, fire beetle;wireworm;water beetle;whirligig beetle;deathwatch beetle
weevil;snout beetle;boll weevil;blister beetle;oil beetle;Spanish fly;Dutch-elm beetle;bark beetle
spruce bark beetle;rove beetle;darkling beetle;mealworm;flour beetle;seed beetle;pea weevil;bean weevil
rice weevil;Asian longhorned beetle;web spinner;louse;common louse;head louse;body louse;crab louse
bird louse;flea;Pulex irritans;dog flea;cat flea;chigoe;sticktight;dipterous insect;gall midge;Hessian fly
fly;housefly;tsetse fly;blowfly;bluebottle;greenbottle;flesh fly;tachina fly;gadfly;botfly;human botfly
sheep botfly;warble fly;horsefly;bee fly;robber fly;fruit fly;apple maggot;Mediterranean fruit fly
drosophila;vinegar fly;leaf miner;louse fly;horse tick;sheep ked;horn fly;mosquito;wiggler, wriggler;gnat
yellow-fever mosquito;Asian tiger mosquito;anopheline;malarial mosquito;common mosquito
Culex quinquefasciatus;gnat;punkie;midge;fungus gnat;psychodid;sand fly;fungus gnat, sciara;armyworm
crane fly;blackfly, black fly;hymenopterous insect;bee;drone;queen bee;worker;soldier;worker bee;honeybee
Africanized bee;black bee;Carniolan bee;Italian bee;carpenter bee;bumblebee;cuckoo-bumblebee;andrena
Nomia melanderi;leaf-cutting bee;mason bee;potter bee;wasp;vespid;paper wasp;hornet;giant hornet;common wasp
bald-faced hornet;yellow jacket;Polistes annularis;mason wasp;potter wasp;Mutillidae;velvet ant
sphecoid wasp;mason wasp;digger wasp;cicada killer;mud dauber;gall wasp;chalcid fly;strawworm;chalcis fly
ichneumon fly;sawfly;birch leaf miner;ant;pharaoh ant;little black ant;army ant;carpenter ant;fire ant
wood ant;slave ant;Formica fusca;slave-making ant;sanguinary ant;bulldog ant;Amazon ant;termite
dry-wood termite;Reticulitermes lucifugus;Mastotermes darwiniensis;Mastotermes electrodominicus
powder-post termite;orthopterous insect;grasshopper, hopper;short-horned grasshopper;locust;migratory locust
migratory grasshopper;long-horned grasshopper;katydid;mormon cricket;sand cricket;cricket;mole cricket
European house cricket;field cricket;tree cricket;snowy tree cricket;phasmid;walking stick, walkingstick
diapheromera;walking leaf;cockroach;oriental cockroach;American cockroach;Australian cockroach
German cockroach;giant cockroach;mantis;praying mantis;bug;hemipterous insect;leaf bug;mirid bug
four-lined plant bug;lygus bug;tarnished plant bug;lace bug;lygaeid;chinch bug;coreid bug;squash bug
leaf-footed bug;bedbug;backswimmer;true bug;heteropterous insect;water bug;giant water bug;water scorpion
water boatman;water strider;common pond-skater;assassin bug;conenose;wheel bug;firebug;cotton stainer
homopterous insect;whitefly;citrus whitefly;greenhouse whitefly;sweet-potato whitefly;superbug;cotton strain
coccid insect;scale insect;soft scale;brown soft scale;armored scale;San Jose scale;cochineal insect
mealybug;citrophilous mealybug;Comstock mealybug;citrus mealybug;plant louse;aphid;apple aphid
blackfly, bean aphid;greenfly;green peach aphid;ant cow;woolly aphid;woolly apple aphid;woolly alder aphid
adelgid;balsam woolly aphid;spruce gall aphid;woolly adelgid;jumping plant louse;cicada;dog-day cicada
seventeen-year locust;spittle insect;froghopper;meadow spittlebug;pine spittlebug;Saratoga spittlebug
leafhopper;plant hopper;treehopper;lantern fly;psocopterous insect;psocid;bark-louse;booklouse
common booklouse;ephemerid;mayfly;stonefly;neuropteron;ant lion;doodlebug;lacewing;aphid lion;green lacewing
brown lacewing;dobson;hellgrammiate;fish fly;alderfly;snakefly;mantispid;odonate;dragonfly;damselfly
trichopterous insect;caddis fly;caseworm;caddisworm;thysanuran insect;bristletail;silverfish;firebrat
jumping bristletail;thysanopter;thrips;tobacco thrips;onion thrips;earwig;common European earwig
lepidopterous insect;butterfly;nymphalid;mourning cloak;tortoiseshell, tortoiseshell butterfly
painted beauty;admiral;red admiral;white admiral;banded purple;red-spotted purple;viceroy;anglewing
ringlet, ringlet butterfly;comma;fritillary;silverspot;emperor butterfly;purple emperor
peacock, peacock butterfly;danaid;monarch;pierid;cabbage butterfly;small white;large white
southern cabbage butterfly;sulphur butterfly;lycaenid;blue;copper;American copper;hairstreak;Strymon melinus
moth;moth miller;tortricid;leaf roller;tea tortrix;orange tortrix;codling moth;lymantriid
tussock caterpillar;gypsy moth;browntail;gold-tail moth;geometrid;Paleacrita vernata;Alsophila pometaria
cankerworm;spring cankerworm;fall cankerworm;measuring worm;pyralid;bee moth
corn borer, European corn borer moth;Mediterranean flour moth;tobacco moth;almond moth;raisin moth;tineoid
tineid;clothes moth;casemaking clothes moth;webbing clothes moth;carpet moth;gelechiid;grain moth
angoumois moth;potato moth;potato tuberworm;noctuid moth;cutworm;underwing;red underwing;antler moth
heliothis moth;army cutworm;armyworm, Pseudaletia unipuncta;armyworm, army worm;Spodoptera exigua
beet armyworm;Spodoptera frugiperda;fall armyworm;hawkmoth;Manduca sexta;tobacco hornworm
Manduca quinquemaculata;tomato hornworm;death's-head moth;bombycid;domestic silkworm moth;silkworm;saturniid
emperor, emperor moth;imperial moth;giant silkworm moth;silkworm, giant silkworm;luna moth;cecropia
cynthia moth;ailanthus silkworm;io moth;polyphemus moth;pernyi moth;tussah;atlas moth;arctiid;tiger moth
cinnabar;lasiocampid;eggar;tent-caterpillar moth, Malacosoma americana;tent caterpillar
tent-caterpillar moth, Malacosoma disstria;forest tent caterpillar;lappet;lappet caterpillar;webworm
webworm moth;Hyphantria cunea;fall webworm;garden webworm;instar;caterpillar;corn borer, Pyrausta nubilalis
bollworm;pink bollworm;corn earworm;cabbageworm;woolly bear;woolly bear moth;larva;nymph;leptocephalus;grub
maggot;leatherjacket;pupa;chrysalis;imago;queen;phoronid;bryozoan;brachiopod;peanut worm;echinoderm;starfish
brittle star;basket star;Astrophyton muricatum;sea urchin;edible sea urchin;sand dollar;heart urchin;crinoid
sea lily;feather star;sea cucumber;trepang;Duplicidentata;lagomorph;leporid;rabbit;rabbit ears;lapin
bunny, bunny rabbit;European rabbit;wood rabbit;eastern cottontail;swamp rabbit;marsh hare;hare;leveret
European hare;jackrabbit;white-tailed jackrabbit;blacktail jackrabbit;polar hare;snowshoe hare;Belgian hare
Angora, Angora rabbit;pika;little chief hare;collared pika;rodent;mouse;rat;pocket rat;murine;house mouse
harvest mouse;field mouse;nude mouse;European wood mouse;brown rat;wharf rat;sewer rat;black rat
bandicoot rat;jerboa rat;kangaroo mouse;water rat;beaver rat;New World mouse;American harvest mouse
wood mouse;white-footed mouse;deer mouse;cactus mouse;cotton mouse;pygmy mouse;grasshopper mouse;muskrat
round-tailed muskrat;cotton rat;wood rat;dusky-footed wood rat;vole;packrat, pack rat;dusky-footed woodrat
eastern woodrat;rice rat;pine vole;meadow vole;water vole, Richardson vole;prairie vole
water vole, water rat;red-backed mouse;phenacomys;hamster;Eurasian hamster;golden hamster;gerbil;jird
tamarisk gerbil;sand rat, Meriones longifrons;lemming;European lemming;brown lemming;grey lemming
pied lemming;Hudson bay collared lemming;southern bog lemming;northern bog lemming;porcupine
Old World porcupine;brush-tailed porcupine;long-tailed porcupine;New World porcupine;Canada porcupine
pocket mouse;silky pocket mouse;plains pocket mouse;hispid pocket mouse;Mexican pocket mouse;kangaroo rat
Ord kangaroo rat;kangaroo mouse, dwarf pocket rat;jumping mouse;meadow jumping mouse;jerboa;typical jerboa
Jaculus jaculus;dormouse;loir;hazel mouse;lerot;gopher;plains pocket gopher;southeastern pocket gopher
valley pocket gopher;northern pocket gopher;squirrel;tree squirrel;eastern grey squirrel
western grey squirrel;fox squirrel;black squirrel;red squirrel;American red squirrel;chickeree
antelope squirrel;ground squirrel;mantled ground squirrel;suslik;flickertail;rock squirrel
Arctic ground squirrel;prairie dog;blacktail prairie dog;whitetail prairie dog;eastern chipmunk;chipmunk
baronduki;American flying squirrel;southern flying squirrel;northern flying squirrel;marmot;groundhog
hoary marmot;yellowbelly marmot;Asiatic flying squirrel;beaver;Old World beaver;New World beaver
mountain beaver;cavy;guinea pig;aperea;mara;capybara;agouti;paca;mountain paca;coypu
chinchilla, Chinchilla laniger;mountain chinchilla;viscacha;abrocome;mole rat;mole rat;sand rat
naked mole rat;queen, queen mole rat;Damaraland mole rat;Ungulata;ungulate;unguiculate;dinoceras;hyrax
rock hyrax;odd-toed ungulate;equine;horse, Equus caballus;roan;stablemate;gee-gee;eohippus;foal;filly;colt
male horse;ridgeling;stallion;stud, studhorse;gelding;mare;broodmare;saddle horse;remount;palfrey;warhorse
cavalry horse;charger, courser;steed;prancer;hack;cow pony;quarter horse;Morgan;Tennessee walker
American saddle horse;Appaloosa;Arabian;Lippizan;pony;polo pony;mustang;bronco;bucking bronco;buckskin
crowbait;dun;grey, gray;wild horse;tarpan;Przewalski's horse;cayuse;hack;hack, jade;plow horse;pony
Shetland pony;Welsh pony;Exmoor;racehorse;thoroughbred;steeplechaser;racer;finisher;pony;yearling;dark horse
mudder;nonstarter;stalking-horse;harness horse;cob;hackney;workhorse;draft horse;packhorse;carthorse
Clydesdale;Percheron;farm horse;shire;pole horse, poler;post horse;coach horse;pacer;pacer, pacemaker
trotting horse;pole horse;stepper;chestnut;liver chestnut;bay;sorrel;palomino;pinto;ass;domestic ass;burro
moke;jack, jackass;jennet;mule;hinny;wild ass;African wild ass;kiang;onager;chigetai;zebra;common zebra
mountain zebra;grevy's zebra;quagga;rhinoceros;Indian rhinoceros;woolly rhinoceros;white rhinoceros
black rhinoceros;tapir;New World tapir;Malayan tapir;even-toed ungulate;swine;hog, pig;piglet;sucking pig
porker;boar;sow;razorback;wild boar;babirusa;warthog;peccary;collared peccary;white-lipped peccary
hippopotamus;ruminant;bovid;bovine;ox, wild ox;cattle;ox;stirk;bullock, steer;bull;cow, moo-cow;heifer
bullock;dogie;maverick;beef;longhorn;Brahman;zebu;aurochs;yak;banteng;Welsh;red poll;Santa Gertrudis
Aberdeen Angus;Africander;dairy cattle;Ayrshire;Brown Swiss;Charolais;Jersey;Devon;grade;Durham
milking shorthorn;Galloway;Friesian;Guernsey;Hereford;cattalo;Old World buffalo;water buffalo;Indian buffalo
carabao;anoa;tamarau;Cape buffalo;Asian wild ox;gaur;gayal;bison;American bison;wisent;musk ox;sheep;ewe;ram
wether;lamb;lambkin;baa-lamb;hog, hogget;teg;Persian lamb;black sheep;domestic sheep;Cotswold;Hampshire
Lincoln;Exmoor;Cheviot;broadtail;longwool;merino;Rambouillet;wild sheep;argali;Marco Polo sheep;urial
Dall sheep;mountain sheep;bighorn;mouflon;aoudad;goat;kid;billy;nanny, nanny-goat;domestic goat
Cashmere goat;Angora, Angora goat;wild goat;bezoar goat;markhor;ibex;goat antelope;mountain goat;goral;serow
chamois;takin;antelope;blackbuck;gerenuk;addax;gnu;dik-dik;hartebeest;sassaby;impala;gazelle
Thomson's gazelle;Gazella subgutturosa;springbok;bongo, Tragelaphus eurycerus;kudu;greater kudu;lesser kudu
harnessed antelope;nyala;mountain nyala;bushbuck;nilgai;sable antelope;saiga;steenbok;eland;common eland
giant eland;kob;lechwe;waterbuck;puku;oryx;gemsbok;forest goat;pronghorn;deer;stag;royal, royal stag;pricket
fawn;red deer;hart;hind;brocket;sambar;wapiti;Japanese deer;Virginia deer;mule deer;black-tailed deer;elk
fallow deer;roe deer;roebuck;caribou;woodland caribou;barren ground caribou;brocket;muntjac;musk deer
pere david's deer;chevrotain;kanchil;napu;water chevrotain;camel;Arabian camel;Bactrian camel;llama
domestic llama;guanaco;alpaca, Lama pacos;vicuna, Vicugna vicugna;giraffe;okapi;musteline mammal;weasel
ermine;stoat;New World least weasel;Old World least weasel;longtail weasel;mink;American mink;polecat;ferret
black-footed ferret;muishond;snake muishond;striped muishond;otter;river otter;Eurasian otter;sea otter
skunk;striped skunk;hooded skunk;hog-nosed skunk;spotted skunk;badger;American badger;Eurasian badger;ratel
ferret badger;hog badger;wolverine;glutton;grison;marten;pine marten;sable, Martes zibellina;American marten
stone marten;fisher;yellow-throated marten;tayra;fictional animal;pachyderm;edentate;armadillo;peba;apar
tatouay;peludo;giant armadillo;pichiciago;sloth;three-toed sloth;two-toed sloth, unau;two-toed sloth, unau
megatherian;mylodontid;anteater;ant bear;silky anteater;tamandua;pangolin;coronet;scapular;tadpole;primate
simian;ape;anthropoid;anthropoid ape;hominoid;hominid;homo;world;Homo erectus;Pithecanthropus;Java man
Peking man;Sinanthropus;Homo soloensis;Javanthropus;Homo habilis;Homo sapiens;Neandertal man;Cro-magnon
Homo sapiens sapiens;australopithecine;Australopithecus afarensis;Australopithecus africanus
Australopithecus boisei;Zinjanthropus;Australopithecus robustus;Paranthropus;Sivapithecus;rudapithecus
proconsul;Aegyptopithecus;great ape;orangutan;gorilla;western lowland gorilla;eastern lowland gorilla
mountain gorilla;silverback;chimpanzee;western chimpanzee;eastern chimpanzee;central chimpanzee
pygmy chimpanzee;lesser ape;gibbon;siamang;monkey;Old World monkey;guenon;talapoin;grivet;vervet
green monkey;mangabey;patas;baboon;chacma;mandrill;drill, Mandrillus leucophaeus;macaque;rhesus
bonnet macaque;Barbary ape;crab-eating macaque;langur;entellus;colobus;guereza;proboscis monkey
New World monkey;marmoset;true marmoset;pygmy marmoset;tamarin;silky tamarin;pinche;capuchin;douroucouli
howler monkey;saki;uakari;titi, titi monkey;spider monkey;squirrel monkey;woolly monkey;tree shrew;prosimian
lemur;Madagascar cat;aye-aye;slender loris;slow loris;potto;angwantibo;galago;indri;woolly indris;tarsier
Tarsius syrichta;Tarsius glis;flying lemur;Cynocephalus variegatus;proboscidean;elephant;rogue elephant
Indian elephant;African elephant;mammoth;woolly mammoth;columbian mammoth;imperial mammoth;mastodon
plantigrade mammal;digitigrade mammal;procyonid;raccoon;common raccoon;crab-eating raccoon;bassarisk
kinkajou;coati;lesser panda;giant panda;twitterer;fish;fingerling;game fish;food fish;rough fish;groundfish
young fish;parr;mouthbreeder;spawner;barracouta;crossopterygian;coelacanth;lungfish;ceratodus;catfish
silurid;European catfish;electric catfish;bullhead, bullhead catfish;horned pout;brown bullhead
channel catfish;blue catfish;flathead catfish;armored catfish;sea catfish;gadoid;cod;codling;Atlantic cod
Pacific cod;whiting, Merlangus merlangus;burbot;haddock;pollack;hake;silver hake;ling;cusk
grenadier, rattail;eel;elver;common eel;tuna, Anguilla sucklandii;moray;conger;teleost fish;beaked salmon
clupeid fish;whitebait;brit;shad;common American shad;river shad;allice shad;alewife;menhaden;herring
Atlantic herring;Pacific herring;sardine;sild;brisling;pilchard;Pacific sardine;anchovy
mediterranean anchovy;salmonid;salmon;parr;blackfish;redfish;Atlantic salmon;landlocked salmon;sockeye
chinook;coho;trout;brown trout;rainbow trout;sea trout;lake trout;brook trout;char;Arctic char;whitefish
lake whitefish;cisco;round whitefish;smelt;sparling;capelin;tarpon;ladyfish;bonefish;argentine;lanternfish
lizardfish;lancetfish;opah;New World opah;ribbonfish;dealfish;oarfish;batfish;goosefish;toadfish;oyster fish
frogfish;sargassum fish;needlefish;timucu;flying fish;monoplane flying fish;halfbeak;saury;spiny-finned fish
lingcod;percoid fish;perch;climbing perch;perch;yellow perch;European perch;pike-perch;walleye;blue pike
snail darter;cusk-eel;brotula;pearlfish;robalo;snook;pike;northern pike;muskellunge;pickerel;chain pickerel
redfin pickerel;sunfish;crappie;black crappie;white crappie;freshwater bream;pumpkinseed;bluegill
spotted sunfish;freshwater bass;rock bass;black bass;Kentucky black bass;smallmouth;largemouth;bass
serranid fish;white perch;yellow bass;blackmouth bass;rock sea bass;striped bass;stone bass;grouper;hind
rock hind;creole-fish;jewfish;soapfish;surfperch;rainbow seaperch;bigeye;catalufa;cardinalfish;flame fish
tilefish;bluefish;cobia;remora;sharksucker;whale sucker;carangid fish;jack;crevalle jack;yellow jack
runner, blue runner;rainbow runner;leatherjacket, leatherjack;threadfish;moonfish;lookdown;amberjack
yellowtail, Seriola dorsalis;kingfish, Seriola grandis;pompano;Florida pompano;permit;scad
horse mackerel, jack mackerel;horse mackerel, saurel;bigeye scad;mackerel scad;round scad;dolphinfish
Coryphaena hippurus;Coryphaena equisetis;pomfret;characin;tetra;cardinal tetra;piranha;cichlid;bolti;snapper
red snapper;grey snapper;mutton snapper;schoolmaster, Lutjanus apodus;yellowtail, yellowtail snapper;grunt
margate;Spanish grunt;tomtate;cottonwick;sailor's-choice;porkfish;pompon;pigfish, hogfish;sparid;sea bream
porgy;red porgy;European sea bream;Atlantic sea bream;sheepshead;pinfish;sheepshead porgy
snapper, Chrysophrys auratus;black bream;scup, northern porgy;scup, southern porgy;sciaenid fish
striped drum;jackknife-fish;silver perch;red drum;mulloway;maigre;croaker;Atlantic croaker;yellowfin croaker
whiting;kingfish;king whiting;northern whiting;corbina;white croaker, chenfish;white croaker, queenfish
sea trout;weakfish;spotted weakfish;mullet;goatfish;red goatfish;yellow goatfish;mullet, grey mullet
striped mullet;white mullet;liza;silversides;jacksmelt;barracuda;great barracuda;sweeper;sea chub
Bermuda chub;spadefish;butterfly fish;chaetodon;angelfish;rock beauty;damselfish;beaugregory;anemone fish
clown anemone fish;sergeant major;wrasse;pigfish, giant pigfish;hogfish;slippery dick;puddingwife;bluehead
pearly razorfish;tautog;cunner;parrotfish;threadfin;jawfish;stargazer;sand stargazer;blenny;shanny
Molly Miller;clinid;pikeblenny;bluethroat pikeblenny;gunnel;rock gunnel;eelblenny;wrymouth;wolffish
viviparous eelpout;ocean pout;sand lance;dragonet;goby;mudskipper;sleeper, sleeper goby;flathead;archerfish
surgeonfish;gempylid;snake mackerel;escolar;oilfish;cutlassfish;scombroid;mackerel;common mackerel
Spanish mackerel, Scomber colias;chub mackerel;wahoo, Acanthocybium solandri;Spanish mackerel;king mackerel
Scomberomorus maculatus;cero;sierra;tuna, tunny;albacore;bluefin;yellowfin;bonito;skipjack, Atlantic bonito
Chile bonito;skipjack, skipjack tuna;bonito, oceanic bonito;swordfish;sailfish;Atlantic sailfish;billfish
marlin;blue marlin;black marlin;striped marlin;white marlin;spearfish;louvar;dollarfish;palometa;harvestfish
driftfish;barrelfish;clingfish;tripletail;Atlantic tripletail;Pacific tripletail;mojarra;yellowfin mojarra
silver jenny;whiting;ganoid;bowfin;paddlefish;Chinese paddlefish;sturgeon;Pacific sturgeon;beluga;gar
scorpaenoid;scorpaenid;scorpionfish;plumed scorpionfish;lionfish;stonefish;rockfish;copper rockfish
vermillion rockfish;red rockfish;rosefish;bullhead;miller's-thumb;sea raven;lumpfish;lumpsucker;pogge
greenling;kelp greenling;painted greenling;flathead;gurnard;tub gurnard;sea robin;northern sea robin
flying gurnard;plectognath;triggerfish;queen triggerfish;filefish;leatherjacket, leatherfish;boxfish;cowfish
puffer;spiny puffer;porcupinefish;balloonfish;burrfish;ocean sunfish;sharptail mola;flatfish;flounder
righteye flounder;plaice;European flatfish;yellowtail flounder;winter flounder;lemon sole;American plaice
halibut;Atlantic halibut;Pacific halibut;lefteye flounder;southern flounder;summer flounder;whiff
horned whiff;sand dab;windowpane;brill;turbot;tonguefish;sole;European sole;English sole;hogchoker;aba
abacus;abandoned ship;A battery;abattoir;abaya;Abbe condenser;abbey;abbey;abbey;Abney level;abrader
abrading stone;abutment;abutment arch;academic costume;academic gown;accelerator, throttle
accelerator, particle accelerator;accelerator, accelerator pedal;accelerometer;accessory
accommodating lens implant;accommodation;accordion;acetate disk;acetate rayon;achromatic lens
acoustic delay line;acoustic device;acoustic guitar;acoustic modem;acropolis;acrylic;acrylic, acrylic paint
actinometer;action;active matrix screen;actuator;adapter;adder;adding machine;addressing machine
adhesive bandage;adit;adjoining room;adjustable wrench;adobe;adz;aeolian harp;aerator;aerial torpedo;aerosol
Aertex;afghan;Afro-wig;afterburner;after-shave;agateware;agglomerator;aglet, aiglet;aglet, aiglet
agora, public square;aigrette;aileron;air bag;airbrake;airbrush;airbus;air compressor;air conditioner
aircraft;aircraft carrier;aircraft engine;air cushion;airdock;airfield;air filter;airfoil;airframe;air gun
air hammer;air horn;airing cupboard;airliner;airmailer;airplane;airplane propeller;airport;air pump
air search radar;airship;air terminal;air-to-air missile;air-to-ground missile;aisle;Aladdin's lamp;alarm
alarm clock;alb;alcazar;alcohol thermometer;alehouse;alembic;algometer;alidade, alidad;alidade, alidad
A-line;Allen screw;Allen wrench;alligator wrench;alms dish;alpaca;alpenstock;altar;altar, communion table
altarpiece;altazimuth;alternator;altimeter;Amati;ambulance;amen corner;American organ;ammeter;ammonia clock
ammunition;amphibian, amphibious aircraft;amphibian, amphibious vehicle;amphitheater, amphitheatre
amphitheater, amphitheatre;amphora;amplifier;ampulla;amusement arcade;analog clock;analog computer
analog watch;analytical balance;analyzer;anamorphosis;anastigmat;anchor, ground tackle;anchor chain
anchor light;AND circuit;andiron;android;anechoic chamber;anemometer;aneroid barometer;angiocardiogram
angioscope;angle bracket;angledozer;ankle brace;anklet, anklets;anklet;ankus;anode;anode;answering machine
antenna;anteroom;antiaircraft;antiballistic missile;antifouling paint;anti-G suit;antimacassar
antiperspirant;anti-submarine rocket;anvil;ao dai;apadana;apartment;apartment building;aperture;aperture
apiary;apparatus;apparel;applecart;appliance;appliance, contraption;applicator;appointment;apron
apron string;apse;aqualung;aquaplane;aquarium;arabesque;arbor, arbour;arcade;arch;architecture;architrave
arch support;arc lamp;arctic;area;areaway;argyle;ark;arm;armament;armature;armband;armchair;armet;arm guard
armhole;armilla;armlet;armoire;armor;armored car, armoured car;armored car, armoured car
armored personnel carrier;armored vehicle;armor plate;armory;armrest;arquebus;array;array, raiment;arrester
arrow;arsenal;arterial road;arthrogram;arthroscope;artificial heart;artificial horizon;artificial joint
artificial kidney;artificial skin;artillery;artillery shell;artist's loft;art school;ascot;ashcan;ash-pan
ashtray;aspergill;aspersorium;aspirator;aspirin powder;assault gun;assault rifle;assegai;assembly;assembly
assembly hall;assembly plant;astatic coils;astatic galvanometer;astrodome;astrolabe;astronomical telescope
astronomy satellite;athenaeum;athletic sock;athletic supporter;atlas;atmometer;atom bomb;atomic clock
atomic pile;atomizer;atrium;attache case;attachment;attack submarine;attenuator;attic;attic fan;attire
audio amplifier;audiocassette;audio CD;audiometer;audio system;audiotape;audiotape;audiovisual;auditorium
auger;autobahn;autoclave;autofocus;autogiro;autoinjector;autoloader;automat;automat;automatic choke
automatic firearm;automatic pistol;automatic rifle;automatic transmission;automation;automaton
automobile engine;automobile factory;automobile horn;autopilot;autoradiograph;autostrada;auxiliary boiler
auxiliary engine;auxiliary pump;auxiliary research submarine;auxiliary storage;aviary;awl;awning;ax
ax handle;ax head;axis;axle;axle bar;axletree;babushka;baby bed;baby buggy;baby grand;baby powder;baby shoe
back, backrest;back;backbench;backboard;backboard, basketball backboard;backbone;back brace;backgammon board
background;backhoe;backlighting;backpack;backpacking tent;backplate;back porch;backsaw;backscratcher
backseat;backspace key;backstairs;backstay;backstop;backsword;backup system;badminton court
badminton equipment;badminton racket;bag;bag, traveling bag;bag, handbag;baggage, luggage;baggage
baggage car;baggage claim;bagpipe;bailey;bailey;Bailey bridge;bain-marie;bait;baize;bakery;balaclava
balalaika;balance;balance beam;balance wheel;balbriggan;balcony;balcony;baldachin;baldric;bale;baling wire
ball;ball;ball and chain;ball-and-socket joint;ballast;ball bearing;ball cartridge;ballcock;balldress
ballet skirt;ball gown;ballistic galvanometer;ballistic missile;ballistic pendulum;ballistocardiograph
balloon;balloon bomb;balloon sail;ballot box;ballpark;ball-peen hammer;ballpoint;ballroom;ball valve
balsa raft;baluster;banana boat;band;bandage;Band Aid;bandanna;bandbox;banderilla;bandoleer;bandoneon
bandsaw;bandwagon;bangalore torpedo;bangle;banjo;banner;bannister;banquette;banyan, banian;baptismal font
bar;bar;barbecue, barbeque;barbed wire;barbell;barber chair;barbershop;barbette carriage;barbican;bar bit
bareboat;barge;barge pole;baritone;bark;bar magnet;bar mask;barn;barndoor;barn door;barnyard;barograph
barometer;barong;barouche;bar printer;barrack;barrage balloon;barrel, cask;barrel, gun barrel;barrelhouse
barrel knot;barrel organ;barrel vault;barrette;barricade;barrier;barroom;barrow;bascule;base, pedestal
base, bag;baseball;baseball bat;baseball cap;baseball equipment;baseball glove;basement, cellar;basement
basic point defense missile system;basilica, Roman basilica;basilica;basilisk;basin;basinet
basket, handbasket;basket, basketball hoop;basketball;basketball court;basketball equipment;basket weave
bass;bass clarinet;bass drum;basset horn;bass fiddle;bass guitar;bass horn;bassinet;bassinet;bassoon;baster
bastinado;bastion;bastion, citadel;bat;bath;bath chair;bathhouse, bagnio;bathhouse, bathing machine
bathing cap;bath oil;bathrobe;bathroom;bath salts;bath towel;bathtub;bathyscaphe;bathysphere;batik;batiste
baton, wand;baton;baton;baton;battering ram;batter's box;battery, electric battery;battery, stamp battery
batting cage;batting glove;batting helmet;battle-ax;battle cruiser;battle dress;battlement;battleship
battle sight;bay;bay;bayonet;bay rum;bay window;bazaar, bazar;bazaar, bazar;bazooka;B battery;BB gun
beach house;beach towel;beach wagon;beachwear;beacon;beading plane;beaker;beaker;beam;beam balance;beanbag
beanie;bearing;bearing rein;bearing wall;bearskin;beater;beating-reed instrument;beaver, castor;beaver
Beckman thermometer;bed;bed;bed and breakfast;bedclothes;Bedford cord;bed jacket;bedpan;bedpost;bedroll
bedroom;bedroom furniture;bedsitting room;bedspread;bedspring;bedstead;beefcake;beehive;beeper;beer barrel
beer bottle;beer can;beer garden;beer glass;beer hall;beer mat;beer mug;belaying pin;belfry;bell;bell arch
bellarmine;bellbottom trousers;bell cote;bell foundry;bell gable;bell jar;bellows;bellpull;bell push
bell seat;bell tent;bell tower;bellyband;belt;belt, belt ammunition;belt buckle;belting;bench;bench clamp
bench hook;bench lathe;bench press;bender;beret;berlin;Bermuda shorts;berth;besom;Bessemer converter;bethel
betting shop;bevatron;bevel;bevel gear;B-flat clarinet;bib;bib-and-tucker;bicorn;bicycle
bicycle-built-for-two;bicycle chain;bicycle clip;bicycle pump;bicycle rack;bicycle seat;bicycle wheel;bidet
bier;bier;bi-fold door;bifocals;Big Blue;big board;bight;bikini;bikini pants;bilge;bilge keel;bilge pump
bilge well;bill, peak;bill, billhook;billboard;billiard ball;billiard room;bin;binder, ligature
binder, ring-binder;bindery;binding;bin liner;binnacle;binoculars;binocular microscope;biochip
biohazard suit;bioscope;biplane;birch, birch rod;birchbark canoe;birdbath;birdcage;birdcall;bird feeder
birdhouse;bird shot;biretta;bishop;bistro;bit;bit;bite plate;bitewing;bitumastic;black;black;blackboard
blackboard eraser;black box;blackface;blackjack;black tie;blackwash;bladder;blade;blade, vane;blade;blank
blanket;blast furnace;blasting cap;blazer;blender;blimp;blind;blind curve;blindfold;bling;blinker
blister pack;block;blockade;blockade-runner;block and tackle;blockbuster;blockhouse;block plane;bloodmobile
bloomers;blouse;blower;blowtorch;blucher;bludgeon;blue;blue chip;blunderbuss;blunt file;boarding
boarding house;boardroom;boards;boat;boater;boat hook;boathouse;boatswain's chair;boat train;boatyard;bobbin
bobby pin;bobsled, bobsleigh;bobsled, bobsleigh;bocce ball;bodega;bodice;bodkin, threader;bodkin;bodkin;body
body armor;body lotion;body stocking;body plethysmograph;body pad;bodywork;Bofors gun;bogy;boiler
boiling water reactor;bolero;bollard;bolo;bolo tie;bolt;bolt, deadbolt;bolt;bolt cutter;bomb;bombazine
bomb calorimeter;bomber;bomber jacket;bomblet;bomb rack;bombshell;bomb shelter;bone-ash cup;bone china;bones
boneshaker;bongo, bongo drum;bonnet;book;book bag;bookbindery;bookcase;bookend;bookmark;bookmobile;bookshelf
bookshop;boom;boom, microphone boom;boomerang;booster, booster rocket;booster, booster amplifier;boot;boot
boot camp;bootee;booth, cubicle;booth;booth;boothose;bootjack;bootlace;bootleg;bootstrap;bore bit
boron chamber;borstal;bosom;Boston rocker;bota;bottle;bottle, feeding bottle;bottle bank;bottlebrush
bottlecap;bottle opener;bottling plant;bottom;boucle;boudoir;boulle;bouncing betty;bouquet;boutique
boutonniere;bow;bow;bow, bowknot;bow and arrow;bowed stringed instrument;Bowie knife;bowl;bowl;bowl
bowler hat;bowline;bowling alley;bowling ball;bowling equipment;bowling pin;bowling shoe;bowsprit;bowstring
bow tie;box;box, loge;box, box seat;box beam;box camera;boxcar;box coat;boxing equipment;boxing glove
box office;box spring;box wrench;brace, bracing;brace, braces;brace;brace, suspender;brace and bit;bracelet
bracer;brace wrench;bracket;bradawl;brake;brake;brake band;brake cylinder;brake disk;brake drum;brake lining
brake pad;brake pedal;brake shoe;brake system;brass, brass instrument;brass, memorial tablet;brass;brassard
brasserie;brassie;brassiere;brass knucks;brattice;brazier;breadbasket;bread-bin;bread knife;breakable
breakfast area;breakfast table;breakwater;breast drill;breast implant;breastplate;breast pocket;breathalyzer
breechblock;breechcloth;breeches;breeches buoy;breechloader;breeder reactor;Bren;brewpub;brick;brickkiln
bricklayer's hammer;brick trowel;brickwork;bridal gown;bridge, span;bridge, nosepiece;bridle;bridle path
bridoon;briefcase;briefcase bomb;briefcase computer;briefs;brig;brig;brigandine;brigantine;brilliantine
brilliant pebble;brim;bristle brush;britches;broad arrow;broadax;brochette;broadcaster;broadcloth;broadcloth
broad hatchet;broadloom;broadside;broadsword;brocade;brogan;broiler;broken arch;bronchoscope;broom
broom closet;broomstick;brougham;Browning automatic rifle;Browning machine gun;brownstone;brunch coat;brush
Brussels carpet;Brussels lace;bubble;bubble chamber;bubble jet printer;buckboard;bucket;bucket seat
bucket shop;buckle;buckram;bucksaw;buckskins;buff;buffer, polisher;buffer, buffer storage;buffet, counter
buffing wheel;buggy;bugle;building;building complex;bulldog clip;bulldog wrench;bulldozer;bullet
bulletproof vest;bullet train;bullhorn;bullion;bullnose;bullpen, detention cell;bullpen;bullring;bulwark
bumboat;bumper;bumper;bumper car;bumper guard;bumper jack;bundle;bung;bungalow;bungee;bunghole;bunk
bunk, feed bunk;bunk bed;bunker, sand trap;bunker, dugout;bunker;bunsen burner;bunting;bur;Burberry;burette
burglar alarm;burial chamber;burial garment;burial mound;burin;burqa;burlap;burn bag;burner;burnous;burp gun
burr;bus;bushel basket;bushing;bush jacket;business suit;buskin;bustier;bustle;butcher knife;butcher shop
butter dish;butterfly valve;butter knife;butt hinge;butt joint;button;buttonhook;buttress;butt shaft
butt weld;buzz bomb;buzzer;BVD;bypass condenser;byway;cab, hack;cab, cabriolet;cab;cabana;cabaret;caber
cabin;cabin;cabin car;cabin class;cabin cruiser;cabinet;cabinet, console;cabinet, locker;cabinetwork
cabin liner;cable, cable television;cable, line;cable car;cache;caddy;caesium clock;cafe;cafeteria
cafeteria tray;caff;caftan, kaftan;caftan, kaftan;cage, coop;cage;cagoule;caisson;calash;calceus;calcimine
calculator;caldron;calico;caliper;call-board;call center;caller ID;calliope;calorimeter;calpac;camail
camber arch;cambric;camcorder;camel's hair;camera;camera lens;camera lucida;camera obscura;camera tripod
camise;camisole;camisole, underbodice;camlet;camouflage;camouflage, camo;camp, encampment;camp
camp, refugee camp;campaign hat;campanile;camp chair;camper, camping bus;camper trailer;campstool;camshaft
can;canal;canal boat;candelabrum;candid camera;candle;candlepin;candlesnuffer;candlestick;candlewick
candy thermometer;cane;cane;cangue;canister;cannery;cannikin;cannikin;cannon;cannon;cannon;cannon;cannonball
canoe;can opener;canopic jar;canopy;canopy;canopy;canteen;canteen;canteen;canteen, mobile canteen;canteen
cant hook;cantilever;cantilever bridge;cantle;Canton crepe;canvas, canvass;canvas, canvass;canvas tent;cap
cap;cap;capacitor;caparison;cape;capital ship;capitol;cap opener;capote, hooded cloak;capote, hooded coat
cap screw;capstan;capstone;capsule;captain's chair;car, auto;car, railcar;car, elevator car;carabiner;carafe
caravansary;car battery;carbine;car bomb;carbon arc lamp;carboy;carburetor;car carrier;cardcase
cardiac monitor;cardigan;card index;cardiograph;cardioid microphone;car door;cardroom;card table;card table
car-ferry;cargo area;cargo container;cargo door;cargo hatch;cargo helicopter;cargo liner;cargo ship;carillon
car mirror;caroche;carousel;carpenter's hammer;carpenter's kit;carpenter's level;carpenter's mallet
carpenter's rule;carpenter's square;carpetbag;carpet beater;carpet loom;carpet pad;carpet sweeper
carpet tack;carport;carrack;carrel;carriage, equipage;carriage;carriage bolt;carriageway;carriage wrench
carrick bend;carrier;carryall;carrycot;car seat;cart;car tire;carton;cartouche;car train;cartridge
cartridge, pickup;cartridge belt;cartridge extractor;cartridge fuse;cartridge holder;cartwheel;carving fork
carving knife;car wheel;caryatid;cascade liquefier;cascade transformer;case;case, display case
case, compositor's case;casein paint;case knife, sheath knife;case knife;casement;casement window;casern
case shot;cash bar;cashbox;cash machine;cashmere;cash register;casing;casino;casket;casque;casquet
Cassegrainian telescope;casserole;cassette;cassette deck;cassette player;cassette recorder;cassette tape
cassock;cast;caster, castor;caster, castor;castle;castle, rook;catacomb;catafalque;catalytic converter
catalytic cracker;catamaran;catapult, arbalest;catapult, launcher;catboat;cat box;catch;catchall
catcher's mask;catchment;Caterpillar;cathedra;cathedral;cathedral, duomo;catheter;cathode;cathode-ray tube
cat-o'-nine-tails;cat's-paw;catsup bottle;cattle car;cattle guard;cattleship;cautery;cavalier hat
cavalry sword;cavetto;cavity wall;C battery;C-clamp;CD drive;CD player;CD-R;CD-ROM;CD-ROM drive;cedar chest
ceiling;celesta;cell, electric cell;cell, jail cell;cellar;cellblock;cello;cellophane;cellular telephone
cellulose tape;cenotaph;censer;center, centre;center punch;Centigrade thermometer;central processing unit
centrifugal pump;centrifuge;ceramic;ceramic ware;cereal bowl;cereal box;cerecloth;cesspool;chachka, tsatske
chador;chafing dish;chain;chain;chainlink fence;chain mail;chain printer;chain saw;chain store;chain tongs
chain wrench;chair;chair;chair of state;chairlift;chaise;chaise longue;chalet;chalice;chalk;challis
chamberpot;chambray;chamfer bit;chamfer plane;chamois cloth;chancel;chancellery;chancery;chandelier
chandlery;chanfron;chanter;chantry;chap;chapel;chapterhouse, fraternity house;chapterhouse;character printer
charcuterie;charge-exchange accelerator;charger, battery charger;chariot;chariot;charnel house;chassis
chassis;chasuble;chateau;chatelaine;checker, chequer;checkout;cheekpiece;cheeseboard;cheesecloth
cheese cutter;cheese press;chemical bomb;chemical plant;chemical reactor;chemise, sack;chemise, shimmy
chenille;chessman;chest;chesterfield;chest of drawers;chest protector;cheval-de-frise;cheval glass;chicane
chicken coop;chicken wire;chicken yard;chiffon;chiffonier;child's room;chime;chimney breast;chimney corner
china;china cabinet;chinchilla;Chinese lantern;Chinese puzzle;chinning bar;chino;chino;chin rest;chin strap
chintz;chip, microchip;chip, poker chip;chisel;chlamys;choir;choir loft;choke;choke, choke coil;chokey
choo-choo;chopine;chordophone;Christmas stocking;chronograph;chronometer;chronoscope;chuck;chuck wagon
chukka;church;church bell;church hat;church key;church tower;churidars;churn;ciderpress;cigar band;cigar box
cigar cutter;cigarette butt;cigarette case;cigarette holder;cigar lighter;cinch;cinema;cinquefoil
circle, round;circlet;circuit;circuit board;circuit breaker;circuitry;circular plane;circular saw
circus tent;cistern;cistern, water tank;cittern;city hall;cityscape;city university;civies;civilian clothing
clack valve;clamp;clamshell;clapper;clapperboard;clarence;clarinet;Clark cell;clasp;clasp knife;classroom
clavichord;clavier;clay pigeon;claymore mine;claymore;cleaners;cleaning implement;cleaning pad;clean room
clearway;cleat;cleat;cleats;cleaver;clerestory;clevis;clews;cliff dwelling;climbing frame;clinch
clinch, clench;clincher;clinic;clinical thermometer;clinker;clinometer;clip;clip lead;clip-on;clipper
clipper;clipper, clipper ship;cloak;cloak;cloakroom;cloche;cloche;clock;clock pendulum;clock radio
clock tower;clockwork;clog;cloisonne;cloister;closed circuit;closed-circuit television;closed loop;closet
closeup lens;cloth cap;cloth covering;clothesbrush;clothes closet;clothes dryer;clothes hamper;clotheshorse
clothespin;clothes tree;clothing;clothing store;clout nail;clove hitch;club car;clubroom;cluster bomb;clutch
clutch, clutch pedal;clutch bag;coach, four-in-hand;coach house;coal car;coal chute;coal house;coal shovel
coaming;coaster brake;coat;coat button;coat closet;coatdress;coatee;coat hanger;coating, coat;coating
coat of paint;coatrack;coattail;coaxial cable;cobweb;cobweb;Cockcroft and Walton accelerator;cocked hat
cockhorse;cockleshell;cockpit;cockpit;cockpit;cockscomb, coxcomb;cocktail dress;cocktail lounge
cocktail shaker;cocotte;codpiece;coelostat;coffee can;coffee cup;coffee filter;coffee maker;coffee mill
coffee mug;coffeepot;coffee stall;coffee table;coffee urn;coffer;Coffey still;coffin;cog, sprocket;coif
coil, spiral;coil;coil;coil spring;coin box;colander;cold cathode;cold chisel;cold cream;cold frame
collar, neckband;collar;college;collet;collider;colliery;collimator;collimator;cologne;colonnade;colonoscope
colorimeter;colors;color television;color tube;color wash;Colt;colter;columbarium;columbarium, cinerarium
column, pillar;column, pillar;comb;comb;comber;combination lock;combination plane;combine;comforter
command module;commissary;commissary;commodity;common ax;common room;communications satellite
communication system;community center;commutator;commuter, commuter train;compact, powder compact
compact, compact car;compact disk;compact-disk burner;companionway;compartment;compartment;compass;compass
compass card;compass saw;compound;compound lens;compound lever;compound microscope;compress
compression bandage;compressor;computer;computer circuit;computerized axial tomography scanner
computer keyboard;computer monitor;computer network;computer screen;computer store;computer system
concentration camp;concert grand;concert hall;concertina;concertina;concrete mixer;condensation pump
condenser, optical condenser;condenser;condenser;condenser microphone;condominium;condominium, condo
conductor;cone clutch;confectionery, confectionary;conference center;conference room;conference table
confessional;conformal projection;congress boot;conic projection;connecting rod;connecting room;connection
conning tower;conning tower;conservatory, hothouse;conservatory, conservatoire;console;console;console table
consulate;contact, tangency;contact, contact lens;container;container ship;containment;contrabassoon;control
control center;control circuit;control key;control panel;control rod;control room;control system
control tower;convector;convenience store;convent;conventicle;converging lens;converter;convertible
convertible, sofa bed;conveyance;conveyer belt;cooker;cookfire;cookhouse;cookie cutter;cookie jar
cookie sheet;cooking utensil;cookstove;coolant system;cooler, ice chest;cooling system, cooling
cooling system, engine cooling system;cooling tower;coonskin cap;cope;coping saw;copperware;copyholder
coquille;coracle;corbel;corbel arch;corbel step;corbie gable;cord, corduroy;cord, electric cord;cordage
cords;core;core bit;core drill;corer;cork;corker;corkscrew;corncrib;corner, quoin;corner, nook;corner post
cornet;cornice;cornice;cornice, valance;correctional institution;corrugated fastener;corselet;corset
cosmetic;cosmotron;costume;costume;costume;costume;cosy;cot;cottage tent;cotter, cottar;cotter pin;cotton
cotton flannel;cotton mill;couch;couch;couchette;coude telescope;counter;counter, tabulator;counter
counterbore;counter tube;country house;country store;coupe;coupling;court, courtyard;court;court, courtroom
court;Courtelle;courthouse;courthouse;coverall;covered bridge;covered couch;covered wagon;covering;coverlet
cover plate;cowbarn;cowbell;cowboy boot;cowboy hat;cowhide;cowl;cow pen;CPU board;crackle;cradle;craft;cramp
crampon, crampoon;crampon, crampoon;crane, lifting machine;craniometer;crank;crankcase;crankshaft
crash barrier;crash helmet;crate;cravat;crayon;crazy quilt;cream, ointment;cream pitcher
creche, foundling hospital;creche;credenza;creel;crematory, crematorium;crematory, crematorium;crepe
crepe de Chine;crescent wrench;cretonne;crib, cot;crib;cricket ball;cricket bat;cricket equipment;cringle
crinoline;crinoline;crochet needle;crock;Crock Pot;crook;Crookes radiometer;Crookes tube;croquet ball
croquet equipment;croquet mallet;cross;crossbar;crossbar;crossbar;crossbench;cross bit;crossbow;crosscut saw
crossjack;crosspiece;crotchet;croupier's rake;crowbar;crown, diadem;crown, crownwork;crown jewels;crown lens
crow's nest;crucible;crucifix;cruet;cruet-stand;cruise control;cruise missile;cruiser
cruiser, police cruiser;cruise ship;crupper;cruse;crusher;crutch;cryometer;cryoscope;cryostat;crypt;crystal
crystal detector;crystal microphone;crystal oscillator;crystal set;cubitiere;cucking stool;cuckoo clock
cuddy;cudgel;cue;cue ball;cuff;cuirass;cuisse;cul;culdoscope;cullis;culotte;cultivator;culverin;culverin
culvert;cup;cupboard;cup hook;cupola;cupola;curb;curb roof;curbstone;curette;curler;curling iron;currycomb
cursor;curtain;customhouse;cutaway;cutlas;cutoff;cutout;cutter, cutlery;cutter;cutting implement
cutting room;cutty stool;cutwork;cybercafe;cyclopean masonry;cyclostyle;cyclotron;cylinder
cylinder, piston chamber;cylinder lock;cymbal;dacha;Dacron;dado;dado plane;dagger;dairy;dais
daisy print wheel;daisywheel printer;dam, dike;damask;dampener;damper;damper block;dark lantern;darkroom
darning needle;dart;dart;dashboard;dashiki;dash-pot;data converter;data input device;data multiplexer
data system;davenport;davenport;davit;daybed;daybook;day nursery;day school;dead axle;deadeye;deadhead
deanery;deathbed;death camp;death house;death knell;death seat;deck;deck;deck chair;deck-house;deckle
deckle edge;declinometer;decoder;decolletage;decoupage;dedicated file server;deep-freeze;deerstalker
defense system;defensive structure;defibrillator;defilade;deflector;delayed action;delay line;delft
delicatessen;delivery truck;delta wing;demijohn;demitasse;den;denim;densimeter;densitometer;dental appliance
dental floss;dental implant;dentist's drill;denture;deodorant;department store;departure lounge;depilatory
depressor;depth finder;depth gauge;derrick;derrick;derringer;desk;desk phone;desktop computer;dessert spoon
destroyer;destroyer escort;detached house;detector, sensor;detector;detention home;detonating fuse;detonator
developer;device;Dewar flask;dhoti;dhow;dial, telephone dial;dial;dial;dialog box;dial telephone;dialyzer
diamante;diaper, nappy;diaper;diaphone;diaphragm, stop;diaphragm;diathermy machine;dibble;dice cup;dicer
dickey, dickie;dickey, dickie;Dictaphone;die;diesel;diesel-electric locomotive;diesel-hydraulic locomotive
diesel locomotive;diestock;differential analyzer;differential gear;diffuser, diffusor;diffuser, diffusor
digester;diggings;digital-analog converter;digital audiotape;digital camera;digital clock;digital computer
digital display;digital subscriber line;digital voltmeter;digital watch;digitizer;dilator;dildo;dimity
dimmer;diner;dinette;dinghy;dining area;dining car;dining-hall;dining room;dining-room furniture
dining-room table;dining table;dinner bell;dinner dress;dinner jacket;dinner napkin;dinner pail;dinner table
dinner theater;diode, semiconductor diode;diode, rectifying tube;dip;diplomatic building;dipole;dipper
dipstick;DIP switch;directional antenna;directional microphone;direction finder;dirk;dirndl;dirndl
dirty bomb;discharge lamp;discharge pipe;disco;discount house;discus;disguise;dish;dish, dish aerial;dishpan
dish rack;dishrag;dishtowel;dishwasher;disk;disk brake;disk clutch;disk controller;disk drive;diskette
disk harrow;dispatch case;dispensary;dispenser;display;display adapter;display panel;display window;disposal
disrupting explosive;distaff;distillery;distributor, distributer;distributor cam;distributor cap
distributor housing;distributor point;ditch;ditch spade;ditty bag;divan;divan, diwan;dive bomber
diverging lens;divided highway;divider;diving bell;divining rod;diving suit;dixie;Dixie cup;dock;doeskin
dogcart;doggie bag;dogsled;dog wrench;doily;doll;dollhouse;dolly;dolman;dolman, dolman jacket;dolman sleeve
dolmen;dome;dome, domed stadium;domino;dongle;donkey jacket;door;door;door;doorbell;doorframe;doorjamb
doorlock;doormat;doornail;doorplate;doorsill;doorstop;Doppler radar;dormer;dormer window;dormitory, dorm
dormitory, dormitory room;dosemeter;dossal;dot matrix printer;double bed;double-bitted ax;double boiler
double-breasted jacket;double-breasted suit;double door;double glazing;double-hung window;double knit
doubler;double reed;double-reed instrument;doublet;doubletree;douche;dovecote;Dover's powder;dovetail
dovetail plane;dowel;downstage;drafting instrument;drafting table;Dragunov;drainage ditch;drainage system
drain basket;drainplug;drape;drapery;drawbar;drawbridge;drawer;drawers;drawing chalk
drawing room, withdrawing room;drawing room;drawknife;drawstring bag;dray;dreadnought;dredge;dredger
dredging bucket;dress;dress blues;dresser;dress hat;dressing, medical dressing;dressing case;dressing gown
dressing room;dressing sack;dressing table;dress rack;dress shirt;dress suit;dress uniform;drift net;drill
electric drill;drilling platform;drill press;drill rig;drinking fountain;drinking vessel;drip loop;drip mat
drip pan;dripping pan;drip pot;drive;drive;drive line;driver;driveshaft;driveway;driving iron;driving wheel
drogue;drogue parachute;drone, drone pipe;drone, pilotless aircraft;drop arch;drop cloth;drop curtain
drop forge;drop-leaf table;dropper;droshky;drove;drugget;drugstore;drum, membranophone;drum, metal drum
drum brake;drumhead;drum printer;drum sander;drumstick;dry battery;dry-bulb thermometer;dry cell;dry dock
dryer;dry fly;dry kiln;dry masonry;dry point;dry wall;dual scan display;duck;duckboard;duckpin;dudeen;duffel
duffel bag;duffel coat;dugout;dugout canoe;dulciana;dulcimer;dulcimer;dumbbell;dumb bomb;dumbwaiter;dumdum
dumpcart;Dumpster;dump truck;Dumpy level;dunce cap;dune buggy;dungeon;duplex apartment;duplex house
duplicator;dust bag;dustcloth;dust cover;dust cover, dust sheet;dustmop;dustpan;Dutch oven;Dutch oven
dwelling;dye-works;dynamo;dynamometer;Eames chair;earflap;early warning radar;early warning system;earmuff
earphone;earplug;earplug;earthenware;earthwork;easel;easy chair;eaves;ecclesiastical attire;echinus
echocardiograph;edger;edge tool;efficiency apartment;egg-and-dart;eggbeater;egg timer;eiderdown, duvet
eight ball;ejection seat;elastic;elastic bandage;Elastoplast;elbow;elbow pad;electric;electrical cable
electrical contact;electrical converter;electrical device;electrical system;electric bell;electric blanket
electric chair;electric clock;electric-discharge lamp;electric fan;electric frying pan;electric furnace
electric guitar;electric hammer;electric heater;electric lamp;electric locomotive;electric meter
electric mixer;electric motor;electric organ;electric range;electric refrigerator;electric toothbrush
electric typewriter;electro-acoustic transducer;electrode;electrodynamometer;electroencephalograph
electrograph;electrolytic;electrolytic cell;electromagnet;electrometer;electromyograph;electron accelerator
electron gun;electronic balance;electronic converter;electronic device;electronic equipment
electronic fetal monitor;electronic instrument;electronic voltmeter;electron microscope;electron multiplier
electrophorus;electroscope;electrostatic generator;electrostatic printer;elevator, lift;elevator
elevator shaft;embankment;embassy;embellishment;emergency room;emesis basin;emitter;empty;emulsion;enamel
enamel;enamelware;encaustic;encephalogram;enclosure;endoscope;energizer, energiser;engine;engine;engineering
enginery;English horn;English saddle;enlarger;ensemble;ensign;entablature;entertainment center
entrenching tool;entrenchment;envelope;envelope;envelope, gasbag;eolith;epauliere;epee;epergne
epicyclic train;epidiascope;epilating wax;equalizer;equatorial;equipment
erasable programmable read-only memory;eraser;erecting prism;erection;Erlenmeyer flask;escape hatch
escapement;escape wheel;escarpment, escarp;escutcheon;esophagoscope;espadrille;espalier;espresso maker
espresso shop;establishment;estaminet;estradiol patch;etagere;etamine;etching;ethernet;ethernet cable
Eton jacket;etui;eudiometer;euphonium;evaporative cooler;evening bag;exercise bike;exercise device;exhaust
exhaust fan;exhaust valve;exhibition hall;Exocet;expansion bit;expansion bolt;explosive detection system
explosive device;explosive trace detection;express;extension;extension cord;external-combustion engine
external drive;extractor;eyebrow pencil;eyecup;eyeliner;eyepatch;eyepiece;eyeshadow;fabric;facade;face guard
face mask;faceplate;face powder;face veil;facing, cladding;facing;facing, veneer;facsimile;factory
factory ship;fagot;fagot stitch;Fahrenheit thermometer;faience;faille;fairlead;fairy light;falchion
fallboard;fallout shelter;false face;false teeth;family room;fan;fan belt;fan blade;fancy dress;fanion
fanlight;fanjet, fan-jet;fanjet, fan-jet;fanny pack;fan tracery;fan vaulting;farm building;farmer's market
farmhouse;farm machine;farmplace;farmyard;farthingale;fastener;fast reactor;fat farm;fatigues;faucet;fauld
fauteuil;feather boa;featheredge;fedora;feedback circuit;feedlot;fell;felloe;felt;felt-tip pen;felucca
fence, fencing;fencing mask;fencing sword;fender, wing;fender, buffer;Ferris wheel;ferrule;ferry;ferule
festoon;fetoscope;fetter;fez;fiber;fiber optic cable;fiberscope;fichu;fiddlestick;field artillery;field coil
field-effect transistor;field-emission microscope;field glass;field hockey ball;field hospital;field house
field lens;field magnet;field-sequential color television;field tent;fieldwork;fife;fifth wheel;fighter
fighting chair;fig leaf;figure eight;figure loom;figure skate;filament;filature;file;file, file cabinet
file folder;file server;filigree;filling;film, photographic film;film, plastic film;film advance;filter
filter;finder, viewfinder;finery;fine-tooth comb;finger;fingerboard;finger bowl;finger paint;finger-painting
finger plate;fingerstall;finish coat, finishing coat;finish coat, finishing coat;finisher;fin keel;fipple
fipple flute;fire;fire alarm;firearm;fire bell;fireboat;firebox;firebrick;fire control radar
fire control system;fire engine;fire extinguisher;fire iron;fireman's ax;fireplace;fire screen;fire tongs
fire tower;firewall;firing chamber;firing pin;firkin;firmer chisel;first-aid kit;first-aid station
first base;first class;fishbowl;fisherman's bend;fisherman's knot;fisherman's lure;fishhook;fishing boat
fishing gear;fishing rod;fish joint;fish knife;fishnet;fish slice;fitment;fixative;fixer-upper;flag
flageolet, treble recorder;flagon;flagpole;flagship;flail;flambeau;flamethrower;flange;flannel
flannel, gabardine;flannelette;flap;flash, photoflash;flash;flash camera;flasher;flashlight
flashlight battery;flash memory;flask;flat arch;flatbed;flatbed press;flat bench;flatcar;flat file;flatlet
flat panel display;flats;flat tip screwdriver;fleece;fleet ballistic missile submarine;fleur-de-lis
flight simulator;flintlock;flintlock, firelock;flip-flop;flipper;float;floating dock;floatplane;flood
floor, flooring;floor, level;floor;floorboard;floor cover;floor joist;floor lamp;flophouse;florist;floss
flotsam;flour bin;flour mill;flowerbed;flugelhorn;fluid drive;fluid flywheel;flume;fluorescent lamp
fluoroscope;flush toilet;flute, transverse flute;flute, flute glass;flux applicator;fluxmeter;fly
flying boat;flying buttress;flying carpet;flying jib;fly rod;fly tent;flytrap;flywheel;fob;foghorn;foglamp
foil;fold;folder;folding chair;folding door;folding saw;food court;food processor;food hamper;foot;footage
football;football helmet;football stadium;footbath;foot brake;footbridge;foothold;footlocker;foot rule
footstool;footwear, footgear;footwear;forceps;force pump;fore-and-after;fore-and-aft sail;forecastle
forecourt;foredeck;fore edge;foreground;foremast;fore plane;foresail;forestay;foretop;fore-topmast
fore-topsail;forge;fork;forklift;formalwear;Formica;fortification;fortress;forty-five;Foucault pendulum
foulard;foul-weather gear;foundation garment;foundry;fountain;fountain pen;four-in-hand;four-poster
four-pounder;four-stroke engine;four-wheel drive, 4WD;four-wheel drive, 4WD;four-wheeler;fowling piece
foxhole;fragmentation bomb;frail;fraise;frame, framing;frame;frame buffer;framework;Francis turbine
franking machine;free house;free-reed;free-reed instrument;freewheel;freight car;freight elevator
freight liner;freight train;French door;French horn;French polish;French roof;French window;Fresnel lens
fret;friary;friction clutch;frieze;frieze;frigate;frigate;frill;Frisbee;frock;frock coat;frontlet
front porch;front projector;fruit machine;frying pan;fuel filter;fuel gauge;fuel injection;fuel system
full-dress uniform;full metal jacket;full skirt;fumigator;funeral home;funnel;funny wagon;fur;fur coat
fur hat;furnace;furnace lining;furnace room;furnishing;furnishing, trappings;furniture;fur-piece;furrow;fuse
fusee drive;fuselage;fusil;fustian;futon;gabardine;gable;gable roof;gadgetry;gaff;gaff;gaff;gaffsail
gaff topsail;gag;gaiter;gaiter;Galilean telescope;galleon;gallery;gallery, art gallery;galley, ship's galley
galley;galley;gallows;gallows tree;galvanometer;gambling house;gambrel;game;gamebag;game equipment
gaming table;gamp;gangplank;gangsaw;gangway;gantlet;gantry;garage;garage, service department;Garand rifle
garbage;garbage truck;garboard;garden;garden;garden rake;garden spade;garden tool;garden trowel;gargoyle
garibaldi;garlic press;garment;garment bag;garrison cap;garrote;garter;garter belt;garter stitch;gas guzzler
gas shell;gas bracket;gas burner;gas-cooled reactor;gas-discharge tube;gas engine;gas fixture;gas furnace
gas gun;gas heater;gas holder;gasket;gas lamp;gas maser;gasmask;gas meter;gasoline engine;gasoline gauge
gas oven;gas oven;gas pump;gas range;gas ring;gas tank;gas thermometer;gastroscope;gas turbine
gas-turbine ship;gat;gate;gatehouse;gateleg table;gatepost;gathered skirt;Gatling gun;gauge
gauntlet, gantlet;gauntlet, gantlet;gauze, netting;gauze, gauze bandage;gavel;gazebo;gear, gear wheel
gear, paraphernalia;gear, gear mechanism;gearbox;gearing;gearset;gearshift;Geiger counter;Geiger tube
gene chip;general-purpose bomb;generator;generator;generator;Geneva gown;geodesic dome;georgette;gharry;ghat
ghetto blaster;gift shop;gift wrapping;gig;gig;gig;gig;gildhall;gill net;gilt;gimbal;gingham;girandole
girder;girdle;glass, drinking glass;glass;glass cutter;glasses case;glebe house;Glengarry;glider
Global Positioning System;glockenspiel;glory hole;glove;glove compartment;glow lamp;glow tube;glyptic art
glyptics;gnomon;goal;goalmouth;goalpost;goblet;godown;goggles;go-kart;gold plate;golf bag;golf ball;golfcart
golf club;golf-club head;golf equipment;golf glove;golliwog;gondola;gong;goniometer;Gordian knot;gorget
gossamer;Gothic arch;gouache;gouge;gourd, calabash;government building;government office;gown;gown, robe
gown, surgical gown;grab;grab bag;grab bar;grace cup;grade separation;graduated cylinder;graffito;gramophone
granary;grandfather clock;grand piano;graniteware;granny knot;grape arbor;grapnel, grapnel anchor
grapnel, grapple;grass skirt;grate, grating;grate, grating;grater;graver;gravestone;gravimeter;gravure
gravy boat;grey, gray;grease-gun;greasepaint;greasy spoon;greatcoat;great hall;greave;greengrocery
greenhouse;grenade;grid;griddle;grill;grille;grillroom;grinder;grinding wheel;grindstone;gripsack;gristmill
grocery bag;grocery store;grogram;groined vault;groover;grosgrain;gros point;ground;ground bait
ground control;ground floor;groundsheet;G-string;guard, safety;guard boat;guardroom;guardroom;guard ship
guard's van;gueridon;Guarnerius;guesthouse;guestroom;guidance system;guided missile;guided missile cruiser
guided missile frigate;guildhall;guilloche;guillotine;guimpe;guimpe;guitar;guitar pick;gulag;gun;gunboat
gun carriage;gun case;gun emplacement;gun enclosure;gunlock;gunnery;gunnysack;gun pendulum;gun room;gunsight
gun trigger;gurney;gusher;gusset, inset;gusset, gusset plate;guy, guy cable;gymnastic apparatus;gym shoe
gym suit;gymslip;gypsy cab;gyrocompass;gyroscope;gyrostabilizer;habergeon;habit;habit, riding habit;hacienda
hacksaw;haft;hairbrush;haircloth;hairdressing;hairnet;hairpiece;hairpin;hair shirt;hair slide;hair spray
hairspring;hair trigger;halberd;half binding;half hatchet;half hitch;half track;hall;hall;hall;Hall of Fame
hall of residence;hallstand;halter;halter, hackamore;hame;hammer;hammer, power hammer;hammer;hammerhead
hammock;hamper;hand;handball;handbarrow;handbell;hand blower;handbow;hand brake;hand calculator;handcar
handcart;hand cream;handcuff;hand drill;hand glass, simple microscope;hand glass, hand mirror;hand grenade
hand-held computer;handhold;handkerchief;handlebar;handloom;hand lotion;hand luggage;hand-me-down;hand mower
hand pump;handrest;handsaw;handset;hand shovel;handspike;handstamp;hand throttle;hand tool;hand towel
hand truck;handwear;handwheel;handwheel;hangar queen;hanger;hang glider;hangman's rope;hank;hansom;harbor
hard disc;hard hat;hardtop;hardware;hardware store;harmonica;harmonium;harness;harness;harp;harp;harpoon
harpoon gun;harpoon log;harpsichord;Harris Tweed;harrow;harvester;hash house;hasp;hat;hatbox;hatch
hatchback, hatchback door;hatchback;hatchel;hatchet;hatpin;hauberk;Hawaiian guitar;hawse;hawser;hawser bend
hay bale;hayfork;hayloft;haymaker;hayrack, hayrig;hayrack;hazard;head;head;head;headboard;head covering
headdress;header;header;header, coping;header, lintel;headfast;head gasket;head gate;headgear;headlight
headpiece;headpin;headquarters;headrace;headrest;headsail;headscarf;headset;head shop;headstall;headstock
health spa;hearing aid, ear trumpet;hearing aid, deaf-aid;hearse;hearth;hearthrug;heart-lung machine
heat engine;heater;heat exchanger;heating pad;heat lamp;heat pump;heat-seeking missile;heat shield;heat sink
heaume;heaver;heavier-than-air craft;heckelphone;hectograph;hedge;hedge trimmer;helicon;helicopter
heliograph;heliometer;helm;helmet;helmet;hematocrit;hemming-stitch;hemostat;hemstitch;henroost;heraldry
hermitage;herringbone;herringbone, herringbone pattern;Herschelian telescope;Hessian boot
heterodyne receiver;hibachi;hideaway;hi-fi;high altar;high-angle gun;highball glass;highboard;highboy
highchair;high gear;high-hat cymbal;highlighter;highlighter;high-pass filter;high-rise;high table
high-warp loom;hijab;hinge;hinging post;hip boot;hipflask;hip pad;hip pocket;hippodrome;hip roof;hitch;hitch
hitching post;hitchrack;hob;hobble skirt;hockey skate;hockey stick;hod;hodoscope;hoe;hoe handle;hogshead
hoist;hold;holder;holding cell;holding device;holding pen;hollowware;holster;holster;holy of holies;home
home appliance;home computer;home plate;home room;homespun;homestead;home theater;homing torpedo;hone
honeycomb;hood, bonnet;hood;hood;hood, exhaust hood;hood;hood latch;hook;hook, claw;hook;hookah;hook and eye
hookup, assemblage;hookup;hook wrench;hoopskirt;hoosegow;Hoover;hope chest;hopper;hopsacking;horizontal bar
horizontal stabilizer;horizontal tail;horn;horn;horn;horn button;hornpipe;horse, gymnastic horse;horsebox
horsecar;horse cart;horsecloth;horse-drawn vehicle;horsehair;horsehair wig;horseless carriage;horse pistol
horseshoe, shoe;horseshoe;horse-trail;horsewhip;hose;hosiery;hospice;hospital;hospital bed;hospital room
hospital ship;hospital train;hostel, youth hostel;hostel, hostelry;hot-air balloon;hotel
hotel-casino, casino-hotel;hotel-casino, casino-hotel;hotel room;hot line;hot pants;hot plate;hot rod
hot spot;hot tub;hot-water bottle;houndstooth check;hourglass;hour hand;house;house;houseboat;houselights
house of cards;house of correction;house paint;housetop;housing;hovel;hovercraft;howdah;huarache
hub-and-spoke;hubcap;huck;hug-me-tight;hula-hoop;hulk;hull;humeral veil;Humvee;hunter;hunting knife;hurdle
hurricane deck;hurricane lamp;hut;hutch;hutment;hydraulic brake;hydraulic press;hydraulic pump
hydraulic system;hydraulic transmission;hydroelectric turbine;hydrofoil, hydroplane;hydrofoil, foil
hydrogen bomb;hydrometer;hygrodeik;hygrometer;hygroscope;hyperbaric chamber;hypercoaster;hypermarket
hypodermic needle;hypodermic syringe;hypsometer;hysterosalpingogram;I-beam;ice ax;iceboat;icebreaker
iced-tea spoon;ice hockey rink;ice machine;ice maker;ice pack;icepick;ice rink;ice skate;ice tongs;icetray
iconoscope;Identikit;idle pulley;igloo;ignition coil;ignition key;ignition switch;imaret;immovable bandage
impact printer;impeller;implant;implement;impression;imprint;improvised explosive device;impulse turbine
in-basket;incendiary bomb;incinerator;inclined plane;inclinometer, dip circle;inclinometer;incrustation
incubator;index register;Indiaman;Indian club;indicator;induction coil;inductor;industrial watercourse
inertial guidance system;inflater;inhaler;injector;ink bottle;ink eraser;ink-jet printer;inkle;inkstand
inkwell;inlay;inside caliper;insole;instep;instillator;institution;instrument;instrument of punishment
instrument of torture;intaglio;intake valve;integrated circuit;integrator;Intelnet;interceptor;interchange
intercommunication system;intercontinental ballistic missile;interface;interferometer;interior door
internal-combustion engine;internal drive;internet;interphone;interrupter;intersection;interstice
intraocular lens;intravenous pyelogram;inverter;ion engine;ionization chamber;iPod;video iPod
iron, smoothing iron;iron;iron, branding iron;irons;ironclad;iron foundry;iron horse;ironing;iron lung
ironmongery;ironworks;irrigation ditch;izar;jabot;jack;jack, jackstones;jack;jack;jacket;jacket;jacket
jack-in-the-box;jack-o'-lantern;jack plane;Jacob's ladder;jaconet;Jacquard loom;jacquard;jag;jail;jalousie
jamb;jammer;jampot;japan;jar;Jarvik heart;jaunting car;javelin;jaw;Jaws of Life;jean;jeep;jellaba;jerkin
jeroboam;jersey;jersey, T-shirt;jet;jet bridge;jet engine;jetliner;jeweler's glass;jewelled headdress
jew's harp;jib;jibboom;jig;jig;jiggermast;jigsaw;jigsaw puzzle;jinrikisha;jobcentre;jodhpurs;jodhpur;joinery
joint;Joint Direct Attack Munition;jointer;joist;jolly boat;jorum;joss house;journal bearing;journal box
joystick;jungle gym;junk;jug;jukebox;jumbojet;jumper, pinafore;jumper;jumper;jumper;jumper cable;jump seat
jump suit;jump suit, jumpsuit;junction;junction, conjunction;junction barrier;junk shop;jury box;jury mast
kachina;kaffiyeh;kalansuwa;Kalashnikov;kameez;kanzu;katharometer;kayak;kazoo;keel;keelboat;keelson;keep;keg
kennel;kepi;keratoscope;kerchief;ketch;kettle, boiler;kettle, kettledrum;key;key;keyboard;keyboard buffer
keyboard instrument;keyhole;keyhole saw;khadi;khaki;khakis;khimar;khukuri;kick pleat;kicksorter;kickstand
kick starter;kid glove;kiln;kilt;kimono;kinescope;Kinetoscope;king;king;kingbolt;king post;Kipp's apparatus
kirk;kirpan;kirtle;kirtle;kit, outfit;kit;kitbag;kitchen;kitchen appliance;kitchenette;kitchen table
kitchen utensil;kitchenware;kite balloon;klaxon;klieg light;klystron;knee brace;knee-high;knee pad
knee piece;knife;knife;knife blade;knight, horse;knit;knitting machine;knitting needle;knitwear;knob, boss
knob, pommel;knobble;knobkerrie;knocker, doorknocker;knot;knuckle joint;kohl;koto;kraal;kremlin;kris
krummhorn;Kundt's tube;Kurdistan;kurta;kylix;kymograph;lab bench;lab coat;lace;lacquer;lacquerware
lacrosse ball;ladder-back;ladder-back, ladder-back chair;ladder truck;ladies' room;ladle;lady chapel
lagerphone;lag screw;lake dwelling;lally;lamasery;lambrequin;lame;laminar flow clean room;laminate
lamination;lamp;lamp;lamp house;lamppost;lampshade;lanai;lancet arch;lancet window;landau;lander
landing craft;landing flap;landing gear;landing net;landing skid;land line;land mine;land office;lanolin
lantern;lanyard;lap;laparoscope;lapboard;lapel;lap joint;laptop;laryngoscope;laser;laser-guided bomb
laser printer;lash;lashing;lasso;latch;latch, door latch;latchet;latchkey;lateen;latex paint;lath;lathe
latrine;lattice;launch;launcher;laundry;laundry cart;laundry truck;lavalava;lavaliere;laver;lawn chair
lawn furniture;lawn mower;layette;lead-acid battery;lead-in;leading rein;lead pencil;leaf spring;lean-to
lean-to tent;leash;leatherette;leather strip;Leclanche cell;lectern;lecture room;lederhosen;ledger board;leg
leg;legging;Leiden jar;leisure wear;lens, lense;lens, electron lens;lens cap;lens implant;leotard
letter case;letter opener;levee;level;lever;lever, lever tumbler;lever;lever lock;Levi's;Liberty ship
library;library;lid;Liebig condenser;lie detector;lifeboat;life buoy;life jacket;life office;life preserver
life-support system, life support;life-support system, life support;lifting device;lift pump;ligament
ligature;light, light source;light arm;light bulb;light circuit;light-emitting diode;lighter
lighter-than-air craft;light filter;lighting;light machine gun;light meter;light microscope;lightning rod
light pen;lightship;Lilo;limber;limekiln;limiter;limousine;linear accelerator;linen;line printer
liner, ocean liner;liner, lining;lingerie;lining;link;linkage;Link trainer;linocut;linoleum knife;Linotype
linsey-woolsey;linstock;lion-jaw forceps;lip-gloss;lipstick;liqueur glass;liquid crystal display
liquid metal reactor;lisle;lister, lister plow;litterbin;little theater;live axle;living quarters
living room;load;Loafer;loaner;lobe;lobster pot;local;local area network;local oscillator;Lochaber ax;lock
lock, ignition lock;lock, lock chamber;lock;lockage;locker;locker room;locket;lock-gate;locking pliers
lockring;lockstitch;lockup;locomotive;lodge, indian lodge;lodge, hunting lodge;lodge;lodging house
loft, attic;loft, pigeon loft;loft;log cabin;loggia;longbow;long iron;long johns;long sleeve;long tom
long trousers;long underwear;looking glass;lookout;loom;loop knot;lorgnette;Lorraine cross;lorry;lota;lotion
loudspeaker;lounge;lounger;lounging jacket;lounging pajama;loungewear;loupe;louvered window;love knot
love seat;loving cup;lowboy;low-pass filter;low-warp-loom;LP;L-plate;lubber's hole;lubricating system;luff
lug;luge;Luger;luggage carrier;luggage compartment;luggage rack;lugger;lugsail;lug wrench;lumberjack
lumbermill;lunar excursion module;lunchroom;lunette;lungi;lunula;lusterware;lute;luxury liner;lyceum
lychgate;lyre;machete;machicolation;machine;machine, simple machine;machine bolt;machine gun;machinery
machine screw;machine tool;machinist's vise;machmeter;mackinaw;mackinaw, Mackinaw boat
mackinaw, Mackinaw coat;mackintosh;macrame;madras;Mae West;magazine rack;magic lantern;magnet
magnetic bottle;magnetic compass;magnetic core memory;magnetic disk;magnetic head;magnetic mine
magnetic needle;magnetic recorder;magnetic stripe;magnetic tape;magneto;magnetometer;magnetron;magnifier
magnum;magnus hitch;mail;mailbag, postbag;mailbag, mail pouch;mailboat;mailbox;mail car;maildrop;mailer
maillot;maillot, tank suit;mailsorter;mail train;mainframe;mainmast;main rotor;mainsail;mainspring
main-topmast;main-topsail;main yard;maisonette;majolica;makeup;Maksutov telescope;malacca, malacca cane
mallet, beetle;mallet, hammer;mallet;mammogram;mandola;mandolin;manger;mangle;manhole;manhole cover
man-of-war;manometer;manor;manor hall;MANPAD;mansard;manse;mansion;mantel;mantelet;mantilla;Mao jacket;map
maquiladora;maraca;marble;marching order;marimba;marina;marker;marketplace;marlinespike;marocain;marquee
marquetry;marriage bed;martello tower;martingale;mascara;maser;masher;mashie;mashie niblick;masjid;mask;mask
Masonite;Mason jar;masonry;mason's level;massage parlor;massage parlor;mass spectrograph;mass spectrometer
mast;mast;mastaba;master bedroom;masterpiece;mat;mat, gym mat;match, lucifer;match;matchboard;matchbook
matchbox;matchlock;match plane;matchstick;material;materiel;maternity hospital;maternity ward;matrix
Matthew Walker;matting;mattock;mattress cover;maul;maulstick;Mauser;mausoleum;maxi;Maxim gun
maximum and minimum thermometer;maypole;maze;mazer;means;measure;measuring cup;measuring instrument
measuring stick;meat counter;meat grinder;meat hook;meat house;meat safe;meat thermometer;mechanical device
mechanical piano;mechanical system;mechanism;medical building;medical instrument;medicine ball
medicine chest;MEDLINE;megalith;megaphone;memorial;memory;memory chip;memory device;menagerie;mending;menhir
menorah;Menorah;man's clothing;men's room;mercantile establishment;mercury barometer;mercury cell
mercury thermometer;mercury-vapor lamp;mercy seat;merlon;mess, mess hall;mess jacket;mess kit;messuage
metal detector;metallic;metal screw;metal wood;meteorological balloon;meter;meterstick;metronome
mezzanine, mezzanine floor;mezzanine, first balcony;microbalance;microbrewery;microfiche;microfilm
micrometer;microphone;microprocessor;microscope;microtome;microwave;microwave diathermy machine
microwave linear accelerator;middy;midiron;mihrab;mihrab;military hospital;military quarters
military uniform;military vehicle;milk bar;milk can;milk float;milking machine;milking stool;milk wagon;mill
milldam;miller;milliammeter;millinery, woman's hat;millinery, hat shop;milling;millivoltmeter;millstone
millstone;millwheel;mimeograph;minaret;mincer;mine;mine detector;minelayer;mineshaft;minibar;minibike
minibus;minicar;minicomputer;ministry;miniskirt;minisub;minivan;miniver;mink, mink coat;minster;mint
minute hand;Minuteman;mirror;missile;missile defense system;miter box;miter joint;mitten;mixer;mixer
mixing bowl;mixing faucet;mizzen;mizzenmast;mobcap;mobile home;moccasin;mock-up;mod con;Model T;modem
modillion;module;module;mohair;moire;mold, mould;moldboard;moldboard plow;moleskin;Molotov cocktail
monastery;monastic habit;moneybag;money belt;monitor;monitor;monitor, monitoring device;monkey-wrench
monk's cloth;monochrome;monocle;monofocal lens implant;monoplane;monotype;monstrance;mooring tower
Moorish arch;moped;mop handle;moquette;morgue;morion;morning dress;morning dress;morning room;Morris chair
mortar, howitzer;mortar;mortarboard;mortise joint;mosaic;mosque;mosquito net;motel;motel room;Mother Hubbard
motion-picture camera;motion-picture film;motley;motley;motor;motorboat;motorcycle;motor hotel
motorized wheelchair;motor scooter;motor vehicle;mound, hill;mound, hill;mount;mountain bike;mountain tent
mouse, computer mouse;mouse button;mousetrap;mousse, hair mousse;mouthpiece, embouchure;mouthpiece
mouthpiece, gumshield;movement;movie projector;moving-coil galvanometer;moving van;mud brick;mudguard;mudhif
muff;muffle;muffler;mufti;mug;mulch;mule, scuff;multichannel recorder;multiengine airplane;multiplex
multiplexer;multiprocessor;multistage rocket;munition;Murphy bed;musette;musette pipe;museum;mushroom anchor
musical instrument;music box;music hall;music school;music stand;music stool;musket;musket ball;muslin
mustache cup;mustard plaster;mute;muzzle loader;muzzle;myelogram;nacelle;nail;nailbrush;nailfile;nailhead
nailhead;nail polish;nainsook;Napier's bones;nard;narrowbody aircraft;narrow wale;narthex;narthex
nasotracheal tube;national monument;nautilus;navigational system;naval equipment;naval gun;naval missile
naval radar;naval tactical data system;naval weaponry;nave;navigational instrument;nebuchadnezzar;neckband
neck brace;neckcloth;neckerchief;necklace;necklet;neckline;neckpiece;necktie;neckwear;needle;needle
needlenose pliers;needlework;negative;negative magnetic pole;negative pole;negligee;neolith;neon lamp
nephoscope;nest;nest egg;net, network;net;net;net;network, electronic network;network;neutron bomb;newel
newel post;newspaper, paper;newsroom;newsroom;newsstand;Newtonian telescope;nib;niblick;nicad
nickel-iron battery;Nicol prism;night bell;nightcap;nightgown;night latch;night-light;nightshirt;nightwear
ninepin;ninepin ball;ninon;nipple;nipple shield;niqab;Nissen hut;nogging;noisemaker
nonsmoker, nonsmoking car;non-volatile storage;Norfolk jacket;noria;nosebag;noseband;nose flute;nosewheel
notebook;nuclear-powered ship;nuclear reactor;nuclear rocket;nuclear weapon;nude;numdah;nun's habit;nursery
nut and bolt;nutcracker;nylon;nylons;oar;oast;oast house;obelisk;object ball;objective;oblique bandage;oboe
oboe da caccia;oboe d'amore;observation dome;observatory;obstacle;obturator;ocarina;octant;odd-leg caliper
odometer;oeil de boeuf;office;office building;office furniture;officer's mess;off-line equipment;ogee
ogee arch;ohmmeter;oil;oilcan;oilcloth;oil filter;oil heater;oil lamp;oil paint;oil pump;oil refinery
oilskin;oil slick;oilstone;oil tanker;old school tie;olive drab;olive drab, olive-drab uniform;Olympian Zeus
omelet pan;omnidirectional antenna;omnirange;onion dome;open-air market;open circuit;open-end wrench;opener
open-hearth furnace;openside plane;open sight;openwork;opera;opera cloak;operating microscope;operating room
operating table;ophthalmoscope;optical device;optical disk;optical instrument;optical pyrometer
optical telescope;orchestra pit;ordinary, ordinary bicycle;organ;organdy;organic light-emitting diode
organ loft;organ pipe;organza;oriel;oriflamme;O ring;Orlon;orlop deck;orphanage;orphrey;orrery;orthicon
orthochromatic film;orthopter;orthoscope;oscillograph;oscilloscope;ossuary;otoscope;ottoman;oubliette
out-basket;outboard motor;outboard motorboat;outbuilding;outerwear;outfall;outfit;outfitter;outhouse
output device;outrigger;outrigger canoe;outside caliper;outside mirror;outwork;oven;oven thermometer;overall
overall, boilersuit;overcoat;overdrive;overgarment;overhand knot;overhang;overhead projector;overmantel
overnighter;overpass;override;overshoe;overskirt;oxbow;Oxbridge;oxcart;oxeye;oxford;oximeter
oxyacetylene torch;oxygen mask;oyster bar;oyster bed;pace car;pacemaker;pack;pack;pack, face pack;package
package store;packaging;packet;packing box;packinghouse, packing plant;packinghouse;packing needle
packsaddle;paddle, boat paddle;paddle;paddle;paddle box;paddle steamer;paddlewheel;paddock;padlock
page printer;paint;paintball;paintball gun;paintbox;paintbrush;paisley;pajama, pyjama;pajama, pyjama;palace
palace, castle;palace;palanquin;paleolith;palestra;palette;palette knife;palisade;pallet;pallette;pallium
pallium;pan;pan, cooking pan;pancake turner;panchromatic film;panda car;paneling;panhandle;panic button
pannier;pannier;pannikin;panopticon;panopticon;panpipe;pantaloon;pantechnicon;pantheon;pantheon;pantie
panting;pant leg;pantograph;pantry;pants suit;panty girdle;pantyhose;panzer;paper chain;paper clip
paper cutter;paper fastener;paper feed;paper mill;paper towel;parabolic mirror;parabolic reflector;parachute
parallel bars;parallel circuit;parallel interface;parang;parapet, breastwork;parapet;parasail;parasol;parer
parfait glass;pargeting;pari-mutuel machine;parka;park bench;parking meter;parlor;parquet;parquetry
parsonage;Parsons table;partial denture;particle detector;partition;parts bin;party line;party wall;parvis
passenger car;passenger ship;passenger train;passenger van;passe-partout;passive matrix display;passkey
pass-through;pastry cart;patch;patchcord;patchouli, patchouly;patch pocket;patchwork;patent log;paternoster
patina;patio;patisserie;patka;patrol boat;patty-pan;pave;pavilion;pavior;pavis;pawn;pawnbroker's shop
pay-phone;PC board;peach orchard;pea jacket;peavey;pectoral;pedal;pedal pusher;pedestal;pedestal table
pedestrian crossing;pedicab;pediment;pedometer;peeler;peep sight;peg, nog;peg, pin;peg;peg, wooden leg
pegboard;Pelham;pelican crossing;pelisse;pelvimeter;pen;penal colony;penal institution;penalty box
pen-and-ink;pencil;pencil;pencil box;pencil sharpener;pendant earring;pendulum;pendulum clock;pendulum watch
penetration bomb;penile implant;penitentiary;penknife;penlight;pennant;pennywhistle;penthouse;pentode;peplos
peplum;pepper mill;pepper shaker;pepper spray;percale;percolator;percussion cap;percussion instrument
perforation;perfume;perfumery;perfumery;perfumery;peripheral;periscope;peristyle;periwig;permanent press
perpetual motion machine;personal computer;personal digital assistant;personnel carrier;pestle
pestle, muller;petcock;Petri dish;petrolatum gauze;pet shop;petticoat;pew;phial;Phillips screw
Phillips screwdriver;phonograph needle;phonograph record;photocathode;photocoagulator;photocopier
photographic equipment;photographic paper;photometer;photomicrograph;Photostat;photostat;physical pendulum
piano;piano action;piano keyboard;piano wire;piccolo;pick, pickax;pick;pick, plectrum;pickelhaube
picket boat;picket fence;picket ship;pickle barrel;pickup;picture;picture frame;picture hat;picture rail
picture window;piece of cloth;pied-a-terre;pier;pier;pier arch;pier glass;pier table;pieta;piezometer
pig bed;piggery;piggy bank;pilaster;pile;pile driver;pill bottle;pillbox;pillion;pillory;pillow;pillow block
pillow lace;pillow sham;pilot bit;pilot boat;pilot burner;pilot cloth;pilot engine;pilothouse;pilot light
pin;pin, flag;pin, pin tumbler;pinata;pinball machine;pince-nez;pincer;pinch bar;pincurl clip;pinfold
ping-pong ball;pinhead;pinion;pinnacle;pinprick;pinstripe;pinstripe;pinstripe;pintle
pinwheel, pinwheel wind collector;pinwheel;tabor pipe;pipe;pipe bomb;pipe cleaner;pipe cutter;pipefitting
pipet;pipe vise;pipe wrench;pique;pirate;piste;pistol;pistol grip;piston;piston ring;piston rod;pit
pitcher, ewer;pitchfork;pitching wedge;pitch pipe;pith hat;piton;Pitot-static tube;Pitot tube;pitsaw;pivot
pivoting window;pizzeria;place of business;place of worship;placket;planchet;plane, carpenter's plane
plane, planer;plane seat;planetarium;planetarium;planetarium;planetary gear;plank-bed;planking;planner
plant, works;planter;plaster, adhesive plaster;plasterboard;plastering trowel;plastic bag;plastic bomb
plastic laminate;plastic wrap;plastron;plastron;plastron;plate, scale;plate, collection plate;plate;platen
platen;plate rack;plate rail;platform;platform, weapons platform;platform;platform bed;platform rocker
plating;platter;playback;playbox;playground;playpen;playsuit;plaza;pleat;plenum;plethysmograph;pleximeter
plexor;pliers;plimsoll;plotter;plow;plug, stopper;plug, male plug;plug fuse;plughole;plumb bob;plumb level
plunger;plus fours;plush;plywood;pneumatic drill;p-n junction;p-n-p transistor;poacher;pocket
pocket battleship;pocketcomb;pocket flap;pocket-handkerchief;pocketknife;pocket watch;pod, fuel pod
pogo stick;point-and-shoot camera;pointed arch;pointing trowel;point lace;poker;polarimeter;Polaroid
Polaroid camera;pole;pole;poleax, poleaxe;poleax, poleaxe;police boat;police van;polling booth;polo ball
polo mallet;polonaise;polo shirt;polyester;polygraph;pomade;pommel horse;poncho;pongee;poniard;pontifical
pontoon;pontoon bridge;pony cart;pool ball;poolroom;pool table;poop deck;poor box;poorhouse;pop bottle
popgun;poplin;popper;poppet;pop tent;porcelain;porch;porkpie;porringer;portable;portable computer
portable circular saw;portcullis;porte-cochere;porte-cochere;portfolio;porthole;portico;portiere;portmanteau
portrait camera;portrait lens;positive pole, positive magnetic pole;positive pole
positron emission tomography scanner;post;postage meter;post and lintel;post chaise;postern;post exchange
posthole digger;post horn;posthouse;pot;pot, flowerpot;potbelly;Potemkin village;potential divider
potentiometer, pot;potentiometer;potpourri;potsherd;potter's wheel;pottery;pottle;potty seat;pouch;poultice
pound;pound net;powder;powder and shot;powdered mustard;powder horn;powder keg;power brake;power cord
power drill;power line;power loom;power mower;power pack;power saw;power shovel;power steering;power takeoff
power tool;praetorium;prayer rug;prayer shawl;precipitator;prefab;presbytery;presence chamber
press, mechanical press;press, printing press;press;press box;press gallery;press of sail;pressure cabin
pressure cooker;pressure dome;pressure gauge;pressurized water reactor;pressure suit;pricket;prie-dieu
primary coil;Primus stove;Prince Albert;print;print buffer;printed circuit;printer, printing machine;printer
printer cable;priory;prison;prison camp;privateer;private line;privet hedge;probe;proctoscope;prod
production line;projectile;projector;projector;prolonge;prolonge knot;prompter;prong;propeller
propeller plane;propjet;proportional counter tube;propulsion system;proscenium;proscenium arch;prosthesis
protective covering;protective garment;proton accelerator;protractor;pruner, pruning hook;pruning knife
pruning saw;pruning shears;psaltery;psychrometer;PT boat;public address system;public house;public toilet
public transport;public works;puck;pull;pullback;pull chain;pulley;pull-off;Pullman;pullover;pull-through
pulse counter;pulse generator;pulse timing circuit;pump;pump;pump action;pump house;pump room
pump-type pliers;pump well;punch, puncher;punchboard;punch bowl;punching bag, punch bag;punch pliers
punch press;punnet;punt;pup tent;purdah;purifier;purl;purse;push-bike;push broom;push button
push-button radio;pusher, zori;put-put;puttee;putter;putty knife;puzzle;pylon, power pylon;pylon
pyramidal tent;pyrograph;pyrometer;pyrometric cone;pyrostat;pyx, pix;pyx, pix;pyxis;quad;quadrant
quadraphony;quartering;quarterstaff;quartz battery;quartz lamp;queen;queen;queen post;quern;quill;quilt
quilted bedspread;quilting;quipu;quirk molding;quirt;quiver;quoin;quoit;QWERTY keyboard;rabbet;rabbet joint
rabbit ears;rabbit hutch;raceabout;racer, race car;raceway;racing boat;racing gig;racing skiff;rack, stand
rack;rack, wheel;rack and pinion;racket;racquetball;radar;radial;radial engine;radiation pyrometer;radiator
radiator;radiator cap;radiator hose;radio, wireless;radio antenna;radio chassis;radio compass;radiogram
radio interferometer;radio link;radiometer;radiomicrometer;radio-phonograph;radio receiver
radiotelegraph, radiotelegraphy;radiotelephone, radiophone;radio telescope;radiotherapy equipment
radio transmitter;radome;raft;rafter;raft foundation;rag;ragbag;raglan;raglan sleeve;rail;rail fence
railhead;railing, rail;railing;railroad bed;railroad tunnel;rain barrel;raincoat;rain gauge;rain stick;rake
rake handle;RAM disk;ramekin, ramequin;ramjet;rammer;ramp;rampant arch;rampart;ramrod;ramrod;ranch
ranch house;random-access memory;rangefinder;range hood;range pole;rapier;rariora;rasp;ratchet;ratchet wheel
rathskeller;ratline;rat-tail file;rattan, ratan;rattrap;rayon;razor;razorblade;reaction-propulsion engine
reaction turbine;reactor;reading lamp;reading room;read-only memory;read-only memory chip;readout
read/write head;ready-to-wear;real storage;reamer;reamer, juicer;rearview mirror;Reaumur thermometer;rebozo
receiver, receiving system;receptacle;reception desk;reception room;recess;reciprocating engine;recliner
reconnaissance plane;reconnaissance vehicle;record changer;recorder;recording;recording system;record player
record sleeve;recovery room;recreational vehicle;recreation room;recycling bin;recycling plant
redbrick university;red carpet;redoubt;redoubt;reduction gear;reed pipe;reed stop;reef knot;reel;reel
refectory;refectory table;refinery;reflecting telescope;reflectometer;reflector;reflex camera
reflux condenser;reformatory;reformer;refracting telescope;refractometer;refrigeration system;refrigerator
refrigerator car;refuge;regalia;regimentals;regulator;rein;relay;release;religious residence;reliquary
remote control;remote terminal;removable disk;rendering;rep, repp;repair shop;repeater;repeating firearm
repository;reproducer;rerebrace;rescue equipment;research center;reseau;reservoir;reset;reset button
residence;resistance pyrometer;resistor;resonator;resonator, cavity resonator;resort hotel;respirator
restaurant;rest house;restraint;resuscitator;retainer;retaining wall;reticle;reticulation;reticule;retort
retractor;return key;reverberatory furnace;revers;reverse;reversible;revetment, revetement;revetment
revolver;revolving door;rheometer;rheostat;rhinoscope;rib;riband;ribbed vault;ribbing;ribbon development
rib joint pliers;ricer;riddle;ride;ridge, ridgepole;ridge rope;riding boot;riding crop;riding mower;rifle
rifle ball;rifle grenade;rig;rigger, rigger brush;rigger;rigging;rigout;ringlet;rings;rink;riot gun;ripcord
ripcord;ripping bar;ripping chisel;ripsaw;riser;riser, riser pipe;Ritz;river boat;rivet;riveting machine
roach clip;road;roadbed;roadblock;roadhouse;roadster;roadway;roaster;robe;robotics equipment;Rochon prism
rock bit;rocker;rocker, cradle;rocker arm;rocket, rocket engine;rocket, projectile;rocking chair;rod;rodeo
roll;roller;roller;roller bandage;in-line skate;Rollerblade;roller blind;roller coaster;roller skate
roller towel;roll film;rolling hitch;rolling mill;rolling pin;rolling stock;roll-on;roll-on;roll-on roll-off
Rolodex;Roman arch;Roman building;romper;rood screen;roof;roof;roofing;room;roomette;room light;roost;rope
rope bridge;rope tow;rose water;rose window;rosin bag;rotary actuator;rotary engine;rotary press
rotating mechanism;rotating shaft;rotisserie;rotisserie;rotor;rotor, rotor coil;rotor;rotor blade;rotor head
rotunda;rotunda;rouge;roughcast;rouleau;roulette, toothed wheel;roulette ball;roulette wheel;round
round arch;round-bottom flask;roundel;round file;roundhouse;router;router;router plane;rowel;row house
rowing boat;rowlock arch;royal;royal mast;rubber band;rubber boot;rubber bullet;rubber eraser;rudder;rudder
rudder blade;rug;rugby ball;ruin;rule;rumble;rumble seat;rummer;rumpus room;runcible spoon;rundle
running shoe;running suit;runway;rushlight;russet;rya;saber;saber saw;sable;sable, sable brush;sable coat
sabot;sachet;sack, poke;sack, sacque;sackbut;sackcloth;sackcloth;sack coat;sacking;saddle;saddlebag
saddle blanket;saddle oxford;saddlery;saddle seat;saddle stitch;safe;safe;safe-deposit;safe house
safety arch;safety belt;safety bicycle;safety bolt;safety curtain;safety fuse;safety lamp;safety match
safety net;safety pin;safety rail;safety razor;safety valve;sail, canvas;sail;sailboat;sailcloth
sailing vessel;sailing warship;sailor cap;sailor suit;salad bar;salad bowl;salinometer;sallet;salon;salon
salon, beauty salon;saltbox;saltcellar;saltshaker;saltworks;salver;salwar;Sam Browne belt;samisen;samite
samovar;sampan;sandal;sandbag;sandblaster;sandbox;sandglass;sand wedge;sandwich board;sanitary napkin
cling film;sarcenet;sarcophagus;sari;sarong;sash;sash fastener;sash window;satchel;sateen;satellite
satellite receiver;satellite television;satellite transmitter;satin;Saturday night special;saucepan;saucepot
sauna;savings bank;saw;sawed-off shotgun;sawhorse;sawmill;saw set;sax;saxhorn;scabbard;scaffolding;scale
scale, weighing machine;scaler;scaling ladder;scalpel;scanner, electronic scanner;scanner
scanner, digital scanner;scantling;scarf;scarf joint;scatter rug;scauper;Schmidt telescope;school;schoolbag
school bell;school bus;school ship;school system;schooner;schooner;scientific instrument;scimitar
scintillation counter;scissors;sclerometer;scoinson arch;sconce;sconce;scoop;scooter;scoreboard;scouring pad
scow;scow;scraper;scratcher;screen;screen, cover;screen;screen, CRT screen;screen door;screening;screw
screw, screw propeller;screw;screwdriver;screw eye;screw key;screw thread;screwtop;screw wrench;scriber
scrim;scrimshaw;scriptorium;scrubber;scrub brush;scrub plane;scuffer;scuffle;scull;scull;scullery;sculpture
scuttle;scyphus;scythe;seabag;sea boat;sea chest;sealing wax;sealskin;seam;seaplane;searchlight;searing iron
seat;seat;seat;seat belt;secateurs;secondary coil;second balcony;second base;second hand
secretary, writing table;sectional;security blanket;security system, security measure;security system
sedan, saloon;sedan, sedan chair;seeder;seeker;seersucker;segmental arch;Segway;seidel;seine;seismograph
selector;selenium cell;self-propelled vehicle;self-registering thermometer;self-starter;selsyn;selvage
semaphore;semiautomatic firearm;semiautomatic pistol;semiconductor device;semi-detached house;semigloss
semitrailer;sennit;sensitometer;sentry box;separate;septic tank;sequence;sequencer;serape;serge;serger
serial port;serpent;serration;server;server, host;service club;serving cart;serving dish;servo;set;set gun
setscrew;setscrew;set square;settee;settle;settlement house;seventy-eight;Seven Wonders of the Ancient World
sewage disposal plant;sewer;sewing basket;sewing kit;sewing machine;sewing needle;sewing room;sextant
sgraffito;shackle, bond;shackle;shade;shadow box;shaft;shag rug;shaker;shank;shank, stem;shantung;shaper
shaping tool;sharkskin;sharpener;Sharpie;shaver, electric shaver;shaving brush;shaving cream;shaving foam
shawl;shawm;shears;sheath;sheathing;shed;sheep bell;sheepshank;sheepskin coat;sheepwalk;sheet;sheet bend
sheeting;sheet pile;Sheetrock;shelf;shelf bracket;shell;shell, case;shell, racing shell;shellac;shelter
shelter;shelter;sheltered workshop;Sheraton;shield, buckler;shield;shielding;shift key;shillelagh;shim
shingle;shin guard;ship;shipboard system;shipping;shipping room
ship-towed long-range acoustic detection system;shipwreck;shirt;shirt button;shirtdress;shirtfront;shirting
shirtsleeve;shirttail;shirtwaist;shiv;shock absorber;shoe;shoe;shoebox;shoehorn;shoe shop;shoetree;shofar
shoji;shooting brake;shooting lodge;shooting stick;shop;shop bell;shopping bag;shopping basket;shopping cart
short circuit;short iron;short pants;short sleeve;shortwave diathermy machine;shot;shot glass;shotgun
shotgun shell;shot tower;shoulder;shoulder bag;shouldered arch;shoulder holster;shoulder pad;shoulder patch
shovel;shovel;shovel hat;showboat;shower;shower cap;shower curtain;shower room;shower stall;showroom
shrapnel;shredder;shrimper;shrine;shrink-wrap;shunt;shunt, electrical shunt;shunter;shutter;shutter;shuttle
shuttle;shuttle bus;shuttlecock;shuttle helicopter;Sibley tent;sickbay;sickbed;sickle;sickroom;sideboard
sidecar;side chapel;sidelight;sidesaddle;sidewalk;sidewall;side-wheeler;sidewinder;sieve;sifter;sights
sigmoidoscope;signal box;signaling device;signboard;silencer;silent butler;Silex;silk;silks;silo
silver plate;silverpoint;simple pendulum;simulator;single bed;single-breasted jacket;single-breasted suit
single prop;single-reed instrument;single-rotor helicopter;singlestick;singlet;siren;sister ship;sitar
sitz bath;six-pack;skate;skateboard;skeg;skein;skeleton;skeleton key;skep;skep;sketch;sketcher;skew arch
skewer;ski;ski binding;skibob;ski boot;ski cap;skidder;skid lid;skiff;ski jump;ski lodge;ski mask;skimmer
ski parka;ski-plane;ski pole;ski rack;skirt;skirt;ski tow;Skivvies;skullcap;skybox;skyhook;skylight;skysail
skyscraper;skywalk;slacks;slack suit;slasher;slash pocket;slat;slate;slate pencil;slate roof;sled;sleeper
sleeper;sleeping bag;sleeping car;sleeve, arm;sleeve;sleigh bed;sleigh bell;slice bar;slicer;slicer;slide
slide fastener;slide projector;slide rule;slide valve;sliding door;sliding seat;sliding window
sling, scarf bandage;sling;slingback;slinger ring;slip clutch;slipcover;slip-joint pliers;slipknot;slip-on
slipper;slip ring;slit lamp;slit trench;sloop;sloop of war;slop basin;slop pail;slops;slopshop;slot
slot machine;sluice;smack;small boat;small computer system interface;small ship;small stores;smart bomb
smelling bottle;smocking;smoke bomb;smokehouse;smoker;smoke screen;smoking room;smoothbore;smooth plane
snack bar;snaffle;snap;snap brim;snap-brim hat;snare;snare drum;snatch block;snifter;sniper rifle;snips
Sno-cat;snood;snorkel, schnorkel;snorkel;snowbank;snowboard;snowmobile;snowplow;snowshoe;snowsuit
snow thrower;snuffbox;snuffer;snuffers;soapbox;soap dish;soap dispenser;soap pad;soccer ball;sock;socket
socket wrench;socle;soda can;soda fountain;soda fountain;sod house;sodium-vapor lamp;sofa;soffit
softball, playground ball;soft pedal;soil pipe;solar array;solar cell;solar dish;solar heater;solar house
solar telescope;solar thermal system;soldering iron;solenoid;solleret;sombrero;sonic depth finder;sonogram
sonograph;sorter;souk;sound bow;soundbox;sound camera;sounder;sound film;sounding board;sounding rocket
sound recording;sound spectrograph;soup bowl;soup ladle;soupspoon;source of illumination;sourdine;soutache
soutane;sou'wester;soybean future;space bar;space capsule;spacecraft;space heater;space helmet;space rocket
space shuttle;space station;spacesuit;spade;spade bit;spaghetti junction;Spandau;spandex;spandrel;spanker
spar;sparge pipe;spark arrester, sparker;spark arrester;spark chamber;spark coil;spark gap;spark lever
spark plug;sparkplug wrench;spark transmitter;spat, gaiter;spatula;spatula;speakerphone;speaking trumpet
spear, lance;spear, gig;specialty store;specimen bottle;spectacle;spectacles;spectator pump;spectrograph
spectrophotometer;spectroscope;speculum;speedboat;speed bump;speedometer;speed skate;spherometer
sphygmomanometer;spicemill;spice rack;spider;spider web;spike;spike;spindle;spindle, mandrel;spindle
spin dryer;spinet;spinet;spinnaker;spinner;spinning frame;spinning jenny;spinning machine;spinning rod
spinning wheel;spiral bandage;spiral ratchet screwdriver;spiral spring;spirit lamp;spirit stove;spirometer
spit;spittoon;splashboard;splasher;splice;splicer;splint;split rail;Spode;spoiler;spoiler;spoke;spokeshave
sponge cloth;sponge mop;spoon;spoon;Spork;sporran;sport kite;sports car;sports equipment;sports implement
sportswear;sport utility;spot;spotlight;spot weld;spouter;sprag;spray gun;spray paint;spreader;sprig;spring
spring balance;springboard;sprinkler;sprinkler system;sprit;spritsail;sprocket, sprocket wheel;sprocket
spun yarn;spur;spur gear;sputnik;spy satellite;squad room;square;square knot;square-rigger;square sail
squash ball;squash racket;squawk box;squeegee;squeezer;squelch circuit;squinch;stabilizer, stabiliser
stabilizer;stabilizer bar;stable;stable gear;stabling;stacks;staddle;stadium;stage;stagecoach
stained-glass window;stair-carpet;stair-rod;stairwell;stake;stall, stand;stall;stamp;stamp mill
stamping machine;stanchion;stand;standard;standard cell;standard transmission;standing press;stanhope
Stanley Steamer;staple;staple;staple gun;stapler;starship;starter, starter motor;starting gate
Stassano furnace;Statehouse;stately home;state prison;stateroom;static tube;station;stator;statue;stay
staysail;steakhouse;steak knife;stealth aircraft;stealth bomber;stealth fighter;steam bath;steamboat
steam chest;steam engine;steamer, steamship;steamer;steam iron;steam locomotive;steamroller;steam shovel
steam turbine;steam whistle;steel;steel arch bridge;steel drum;steel mill;steel-wool pad;steelyard;steeple
steerage;steering gear;steering linkage;steering system;steering wheel;stele;stem-winder;stencil;Sten gun
stenograph;step;step-down transformer;step stool;step-up transformer;stereo;stereoscope;stern chaser
sternpost;sternwheeler;stethoscope;stewing pan;stick;stick;stick, control stick;stick;stile;stiletto;still
stillroom;Stillson wrench;stilt;Stinger;stink bomb;stirrer;stirrup;stirrup pump;stob;stock, gunstock
stockade;stockcar;stock car;stockinet;stocking;stock-in-trade;stockpot;stockroom;stocks;stock saddle
stockyard;stole;stomacher;stomach pump;stone wall;stoneware;stonework;stool;stoop;stop bath;stopcock
stopper knot;stopwatch;storage battery;storage cell;storage ring;storage space;storeroom;storm cellar
storm door;storm window;stoup, stoop;stoup;stove;stove, kitchen stove;stove bolt;stovepipe;stovepipe iron
Stradavarius;straight chair;straightedge;straightener;straight flute;straight pin;straight razor;strainer
straitjacket;strap;strap;strap hinge;strapless;streamer fly;streamliner;street;street;streetcar
street clothes;streetlight;stretcher;stretcher;stretch pants;strickle;strickle;stringed instrument;stringer
stringer;string tie;strip;strip lighting;strip mall;stroboscope;strongbox;stronghold;strongroom;strop
structural member;structure;student center;student lamp;student union;stud finder;studio apartment
studio couch;study;study hall;stuffing nut;stump;stun gun;stupa;sty;stylus, style;stylus;sub-assembly
subcompact;submachine gun;submarine;submarine torpedo;submersible, submersible warship;submersible
subtracter;subway token;subway train;subwoofer;suction cup;suction pump;sudatorium;suede cloth;sugar bowl
sugar refinery;sugar spoon;suit;suite;suiting;sulky;summer house;sumo ring;sump;sump pump;sunbonnet
Sunday best;sun deck;sundial;sundress;sundries;sun gear;sunglass;sunglasses;sunhat;sunlamp;sun parlor
sunroof;sunscreen;sunsuit;supercharger;supercomputer;superconducting supercollider;superhighway;supermarket
superstructure;supertanker;supper club;supplejack;supply chamber;supply closet;support;support
support column;support hose;supporting structure;supporting tower;surcoat;surface gauge;surface lift
surface search radar;surface ship;surface-to-air missile;surface-to-air missile system;surfboat;surcoat
surgeon's knot;surgery;surge suppressor;surgical dressing;surgical instrument;surgical knife;surplice;surrey
surtout;surveillance system;surveying instrument;surveyor's level;sushi bar;suspension;suspension bridge
suspensory;sustaining pedal;suture, surgical seam;swab, swob;swab;swaddling clothes;swag;swage block
swagger stick;swallow-tailed coat;swamp buggy;swan's down;swathe;swatter;sweat bag;sweatband;sweater
sweat pants;sweatshirt;sweatshop;sweat suit;sweep;sweep hand;swimming trunks;swimsuit;swing;swing door
switch;switchblade;switch engine;swivel;swivel chair;swizzle stick;sword;sword cane;S wrench;synagogue
synchrocyclotron;synchroflash;synchromesh;synchronous converter;synchronous motor;synchrotron;synchroscope
synthesizer;syringe;system;tabard;Tabernacle;tabi;tab key;table;table;tablefork;table knife;table lamp
table saw;tablespoon;tablet-armed chair;table-tennis table;table-tennis racquet;tabletop;tableware;tabor
taboret;tachistoscope;tachograph;tachometer;tachymeter;tack;tack hammer;taffeta;taffrail;tailgate;taillight
tailor-made;tailor's chalk;tailpipe;tail rotor;tailstock;take-up;talaria;talcum;tam;tambour
tambour, embroidery frame;tambourine;tammy;tamp;Tampax;tampion;tampon;tandoor;tangram;tank, storage tank
tank, army tank;tankard;tank car;tank destroyer;tank engine;tanker plane;tank shell;tank top;tannoy;tap;tapa
tape, tape recording;tape, tapeline;tape deck;tape drive;tape player;tape recorder;taper file;tapestry
tappet;tap wrench;tare;target;target acquisition system;tarmacadam, tarmac;tarpaulin;tartan;tasset;tattoo
tavern;tawse;taximeter;T-bar lift;tea bag;tea ball;tea cart;tea chest;teaching aid;teacup;tea gown;teakettle
tea maker;teapot;teashop;teaspoon;tea-strainer;tea table;tea tray;tea urn;teddy;tee;tee hinge;telecom hotel
telecommunication system;telegraph;telegraph key;telemeter;telephone, phone;telephone bell;telephone booth
telephone cord;telephone jack;telephone line;telephone plug;telephone pole;telephone receiver
telephone system;telephone wire;telephoto lens;Teleprompter;telescope;telescopic sight;telethermometer
teletypewriter;television, television system;television antenna;television camera;television equipment
television monitor;television receiver;television room;television transmitter;telpher;telpherage;tempera
temple;temple;temporary hookup;tender, supply ship;tender, ship's boat;tender;tenement;tennis ball
tennis camp;tennis racket;tenon;tenor drum;tenoroon;tenpenny nail;tenpin;tensimeter;tensiometer;tensiometer
tensiometer;tent;tenter;tenterhook;tent-fly;tent peg;tepee;terminal, pole;terminal;terraced house
terra cotta;terrarium;terra sigillata;terry;Tesla coil;tessera;test equipment;test rocket;test room;testudo
tetraskelion;tetrode;textile machine;textile mill;thatch, thatched roof;theater;theater curtain
theater light;theodolite;theremin;thermal printer;thermal reactor;thermocouple;thermoelectric thermometer
thermograph, thermometrograph;thermograph;thermohydrometer;thermojunction;thermometer;thermonuclear reactor
thermopile;thermos;thermostat;thigh pad;thill;thimble;thinning shears;third base;third gear;third rail;thong
thong;three-centered arch;three-decker;three-dimensional radar;three-piece suit;three-quarter binding
three-way switch;thresher, thrasher;threshing floor;thriftshop;throat protector;throne;thrust bearing
thruster;thumb;thumbhole;thumbscrew;thumbstall;thumbtack;thunderer;thwart;tiara;ticking;tickler coil
tie, tie beam;tie, railroad tie;tie rack;tie rod;tights;tile;tile cutter;tile roof;tiller;tilter
tilt-top table;timber;timber;timber hitch;timbrel;time bomb;time capsule;time clock
time-delay measuring instrument;time-fuse;timepiece;timer;timer;time-switch;tin;tinderbox;tine;tinfoil
tippet;tire chain;tire iron;titfer;tithe barn;titrator;toaster;toaster oven;toasting fork;toastrack
tobacco pouch;tobacco shop;toboggan;toby;tocsin;toe;toecap;toehold;toga;toga virilis;toggle;toggle bolt
toggle joint;toggle switch;togs;toilet;toilet bag;toilet bowl;toilet kit;toilet powder;toiletry;toilet seat
toilet water;tokamak;token;tollbooth;toll bridge;tollgate;toll line;tomahawk;Tommy gun;tomograph;tone arm
toner;tongs;tongue;tongue and groove joint;tongue depressor;tonometer;tool;tool bag;toolbox;toolshed;tooth
tooth;toothbrush;toothpick;top;top, cover;topgallant, topgallant mast;topgallant, topgallant sail;topiary
topknot;topmast;topper;topsail;toque;torch;torpedo;torpedo;torpedo;torpedo boat;torpedo-boat destroyer
torpedo tube;torque converter;torque wrench;torture chamber;totem pole;touch screen;toupee;touring car
tourist class;towel;toweling;towel rack;towel rail;tower;town hall;towpath;tow truck;toy;toy box;toyshop
trace detector;track, rail;track;trackball;tracked vehicle;tract house;tract housing;traction engine;tractor
tractor;trail bike;trailer, house trailer;trailer;trailer camp;trailer truck;trailing edge;train;tramline
trammel;trampoline;tramp steamer;tramway;transdermal patch;transept;transformer;transistor
transit instrument;transmission;transmission shaft;transmitter;transom, traverse;transom, transom window
transponder;transporter;transporter, car transporter;transport ship;trap;trap door;trapeze;trave;travel iron
trawl, dragnet;trawl, trawl line;trawler, dragger;tray;tray cloth;tread;tread;treadmill, treadwheel
treadmill;treasure chest;treasure ship;treenail;trefoil arch;trellis;trench;trench coat;trench knife;trepan
trepan, trephine;trestle;trestle;trestle bridge;trestle table;trestlework;trews;trial balloon;triangle
triangle;triclinium;triclinium;tricorn;tricot;tricycle;trident;trigger;trimaran;trimmer;trimmer arch;triode
tripod;triptych;trip wire;trireme;triskelion;triumphal arch;trivet;trivet;troika;troll;trolleybus;trombone
troop carrier;troopship;trophy case;trough;trouser;trouser cuff;trouser press;trouser, pant;trousseau;trowel
truck;trumpet arch;truncheon;trundle bed;trunk;trunk hose;trunk lid;trunk line;truss;truss bridge;try square
T-square;tub;tube;tuck box;tucker;tucker-bag;tuck shop;Tudor arch;tudung;tugboat;tulle;tumble-dryer;tumbler
tumbrel;tun;tunic;tuning fork;tupik;turban;turbine;turbogenerator;tureen;Turkish bath;Turkish towel
Turk's head;turnbuckle;turner;turnery;turnpike;turnspit;turnstile;turntable;turntable, lazy Susan;turret
turret clock;turtleneck;tweed;tweeter;twenty-two;twenty-two pistol;twenty-two rifle;twill;twill, twill weave
twin bed;twinjet;twist bit;two-by-four;two-man tent;two-piece;typesetting machine;typewriter
typewriter carriage;typewriter keyboard;tyrolean;uke;ulster;ultracentrifuge;ultramicroscope;Ultrasuede
ultraviolet lamp;umbrella;umbrella tent;undercarriage;undercoat;undergarment;underpants;underwear;undies
uneven parallel bars;unicycle;uniform;universal joint;university;upholstery;upholstery material
upholstery needle;uplift;upper berth;upright;upset;upstairs;urceole;urn;urn;used-car;utensil;Uzi
vacation home;vacuum;vacuum chamber;vacuum flask;vacuum gauge;Valenciennes;valise;valve;valve
valve-in-head engine;vambrace;van;van, caravan;vane;vaporizer;variable-pitch propeller;variometer;varnish
vase;vault;vault, bank vault;vaulting horse;vehicle;Velcro;velocipede;velour;velvet;velveteen
vending machine;veneer;Venetian blind;Venn diagram;ventilation;ventilation shaft;ventilator;veranda
verdigris;vernier caliper;vernier scale;vertical file;vertical stabilizer;vertical tail;Very pistol
vessel, watercraft;vessel;vest;vestiture;vestment;vest pocket;vestry;viaduct;vibraphone;vibrator;vibrator
Victrola;vicuna;videocassette;videocassette recorder;videodisk;video recording;videotape;videotape
vigil light;villa;villa;villa;viol;viola;viola da braccio;viola da gamba;viola d'amore;violin;virginal
viscometer;viscose rayon;vise;visor;visual display unit;vivarium;Viyella;voile;volleyball;volleyball net
voltage regulator;voltaic cell;voltaic pile;voltmeter;vomitory;von Neumann machine;voting booth
voting machine;voussoir;vox angelica;vox humana;waders;wading pool;waffle iron;wagon, waggon
wagon, coaster wagon;wagon tire;wagon wheel;wain;wainscot;wainscoting;waist pack;walker, baby-walker
walker, Zimmer;walker;walkie-talkie;walk-in;walking shoe;walking stick;Walkman;walk-up apartment;wall;wall
wall clock;wallet;wall tent;wall unit;wand;Wankel engine;ward;wardrobe;wardroom;warehouse;warming pan
war paint;warplane;war room;warship;wash;wash-and-wear;washbasin;washboard, splashboard;washboard
washer, automatic washer;washer;washhouse;washroom;washstand;washtub;wastepaper basket;watch;watch cap
watch case;watch glass;watchtower;water-base paint;water bed;water bottle;water butt;water cart;water chute
water closet;watercolor;water-cooled reactor;water cooler;water faucet;water filter;water gauge;water glass
water hazard;water heater;watering can;watering cart;water jacket;water jug;water jump;water level
water meter;water mill;waterproof;waterproofing;water pump;water scooter;water ski;waterspout;water tower
water wagon;waterwheel, water wheel;waterwheel, water wheel;water wings;waterworks;wattmeter;waxwork;ways
weapon;weaponry;weapons carrier;weathercock;weatherglass;weather satellite;weather ship;weathervane
web, entanglement;web;webbing;webcam;wedge;wedge;wedgie;Wedgwood;weeder, weed-whacker;weeds;weekender
weighbridge;weight;weir;weir;welcome wagon;weld;welder's mask;weldment;well;wellhead;welt;Weston cell
wet bar;wet-bulb thermometer;wet cell;wet fly;wet suit;whaleboat;whaler, whaling ship;whaling gun;wheel
wheel;wheel and axle;wheelchair;wheeled vehicle;wheelwork;wherry;wherry, Norfolk wherry;whetstone
whiffletree;whip;whipcord;whipping post;whipstitch;whirler;whisk, whisk broom;whisk;whiskey bottle
whiskey jug;whispering gallery;whistle;whistle;white;white goods;whitewash;whorehouse;wick;wicker
wicker basket;wicket, hoop;wicket;wickiup;wide-angle lens;widebody aircraft;wide wale;widow's walk;Wiffle
wig;wigwam;Wilton;wimple;wincey;winceyette;winch;Winchester;windbreak;winder;wind instrument;windjammer
windmill, aerogenerator;windmill;window;window;window blind;window box;window envelope;window frame
window screen;window seat;window shade;windowsill;windshield;windshield wiper;Windsor chair;Windsor knot
Windsor tie;wind tee;wind tunnel;wind turbine;wine bar;wine bottle;wine bucket;wine cask;wineglass;winepress
winery;wineskin;wing;wing chair;wing nut, wing-nut;wing tip;wing tip;winker, blinker;wiper, wiper arm
wiper motor;wire;wire, conducting wire;wire cloth;wire cutter;wire gauge;wireless local area network
wire matrix printer;wire recorder;wire stripper;wirework;wiring;wishing cap;witness box;wok;woman's clothing
wood;woodcarving;wood chisel;woodenware;wooden spoon;woodscrew;woodshed;wood vise;woodwind;woof;woofer;wool
workbasket;workbench;work-clothing;workhouse;workhouse;workpiece;workroom;works;work-shirt;workstation
worktable;workwear;World Wide Web;worm fence;worm gear;worm wheel;worsted;worsted, worsted yarn
wrap, wrapper;wraparound;wrapping;wreck;wrench;wrestling mat;wringer;wrist pad;wrist pin;wristwatch
writing arm;writing desk;writing desk;writing implement;xerographic printer;Xerox;X-ray film;X-ray machine
X-ray tube;yacht;yacht chair;yagi;yard;yard;yardarm;yard marker;yardstick;yarmulke;yashmak;yataghan
yawl, dandy;yawl;yoke;yoke;yoke, coupling;yurt;Zamboni;zero;ziggurat;zill;zip gun;zither;zoot suit;shading
grain;wood grain;graining;marbleization;light, lightness;aura;sunniness;glint;opalescence;polish
primary color for pigments;primary color for light;colorlessness;mottle;achromia;shade, tint;chromatic color
black, blackness;coal black;alabaster;bone;gray;ash grey;charcoal, charcoal grey;sanguine;Turkey red;crimson
dark red;claret;fuschia;maroon;orange, orangeness;reddish orange;yellow;gamboge;pale yellow;green
greenishness;sea green;sage green;bottle green;emerald;olive green;jade green;blue, blueness;azure
steel blue;greenish blue;purplish blue;purple;Tyrian purple;indigo;lavender;reddish purple;pink;carnation
rose, rosiness;chestnut;chocolate;light brown;tan;beige;reddish brown;brick red;copper, copper color
Indian red;puce;olive;ultramarine;complementary color;pigmentation;complexion;ruddiness;nonsolid color
aposematic coloration;cryptic coloration;ring;center of curvature;cadaver;mandibular notch;rib;skin
skin graft;epidermal cell;melanocyte;prickle cell;columnar cell;spongioblast;squamous cell;amyloid plaque
dental plaque;macule;freckle;bouffant;sausage curl;forelock;spit curl;pigtail;pageboy;pompadour;thatch
soup-strainer;mustachio;walrus mustache;stubble;vandyke beard;soul patch;esophageal smear;paraduodenal smear
specimen;punctum;glenoid fossa;diastema;marrow, bone marrow;mouth, oral cavity;canthus;milk;mother's milk
colostrum;vein, vena;ganglion cell;X chromosome;embryonic cell;myeloblast;sideroblast;osteocyte;megalocyte
leukocyte;histiocyte;fixed phagocyte;lymphocyte;monoblast;neutrophil;microphage;sickle cell;siderocyte
spherocyte;ootid;oocyte;spermatid;Leydig cell;striated muscle cell;smooth muscle cell;Ranvier's nodes
neuroglia;astrocyte;protoplasmic astrocyte;oligodendrocyte;proprioceptor;dendrite;sensory fiber
subarachnoid space;cerebral cortex;renal cortex;prepuce;head, caput;scalp;frontal eminence;suture, sutura
foramen magnum;esophagogastric junction;heel;cuticle;hangnail;exoskeleton;abdominal wall;lemon
coordinate axis;landscape;medium;vehicle;paper;channel;film, cinema;silver screen;free press
press, public press;print media;storage medium;magnetic storage medium;journalism;Fleet Street
photojournalism;news photography;rotogravure;newspaper, paper;daily;gazette;school newspaper;tabloid
yellow journalism;telecommunication;telephone, telephony;voice mail;call;call-back;collect call
call forwarding;call-in;call waiting;crank call;local call;long distance;toll call;wake-up call
three-way calling;telegraphy;cable, cablegram;wireless;radiotelegraph, radiotelegraphy
radiotelephone, radiotelephony;broadcasting;Rediffusion;multiplex;radio, radiocommunication
television, telecasting;cable television;high-definition television;reception;signal detection;Hakham
web site;chat room;portal site;jotter;breviary;wordbook;desk dictionary;reckoner;document;album
concept album;rock opera;tribute album;magazine;colour supplement;comic book;news magazine;pulp;slick
trade magazine;movie;outtake;shoot-'em-up;spaghetti Western;encyclical;crossword puzzle;sign;street sign
traffic light;swastika;concert;artwork;lobe;book jacket;cairn;three-day event;comfort food;comestible;tuck
course;dainty;dish;fast food;finger food;ingesta;kosher;fare;diet;diet;dietary;balanced diet;bland diet
clear liquid diet;diabetic diet;dietary supplement;carbohydrate loading;fad diet;gluten-free diet
high-protein diet;high-vitamin diet;light diet;liquid diet;low-calorie diet;low-fat diet;low-sodium diet
macrobiotic diet;reducing diet;soft diet;vegetarianism;menu;chow, chuck;board;mess;ration;field ration
K ration;C-ration;foodstuff;starches;breadstuff;coloring;concentrate;tomato concentrate;meal;kibble;cornmeal
farina;matzo meal;oatmeal, rolled oats;pea flour;roughage;bran;flour;plain flour;wheat flour
whole wheat flour;soybean meal;semolina;corn gluten feed;nutriment;commissariat;larder;frozen food
canned food;canned meat;Spam;dehydrated food;square meal;meal, repast;potluck;refection;refreshment
breakfast;continental breakfast;brunch;lunch;business lunch;high tea;tea, afternoon tea;dinner;supper;buffet
picnic;cookout;barbecue, barbeque;clambake;fish fry;bite;nosh;nosh-up;ploughman's lunch;coffee break;banquet
entree;piece de resistance;plate;adobo;side dish;special;casserole;chicken casserole;chicken cacciatore
antipasto;appetizer;canape;cocktail;fruit cocktail;crab cocktail;shrimp cocktail;hors d'oeuvre;relish;dip
bean dip;cheese dip;clam dip;guacamole;soup;soup du jour;alphabet soup;consomme;madrilene;bisque;borsch
broth;barley water;bouillon;beef broth;chicken broth;broth, stock;stock cube;chicken soup;cock-a-leekie
gazpacho;gumbo;julienne;marmite;mock turtle soup;mulligatawny;oxtail soup;pea soup;pepper pot;petite marmite
potage;pottage;turtle soup;eggdrop soup;chowder;corn chowder;clam chowder;Manhattan clam chowder
New England clam chowder;fish chowder;won ton;split-pea soup;green pea soup;lentil soup;Scotch broth
vichyssoise;stew;bigos;Brunswick stew;burgoo;burgoo;olla podrida;mulligan stew;purloo;goulash;hotchpotch
hot pot;beef goulash;pork-and-veal goulash;porkholt;Irish stew;oyster stew;lobster stew;lobscouse;fish stew
bouillabaisse;matelote;paella;fricassee;chicken stew;turkey stew;beef stew;ragout;ratatouille;salmi
pot-au-feu;slumgullion;smorgasbord;viand;ready-mix;brownie mix;cake mix;lemonade mix;self-rising flour
choice morsel;savory, savoury;calf's-foot jelly;caramel, caramelized sugar;lump sugar;cane sugar
castor sugar;powdered sugar;granulated sugar;icing sugar;corn sugar;brown sugar;demerara, demerara sugar
sweet;confectionery;confiture;sweetmeat;candy;candy bar;carob bar;hardbake;hard candy;barley-sugar
brandyball;jawbreaker;lemon drop;sourball;patty;peppermint patty;bonbon;brittle;peanut brittle;chewing gum
gum ball;bubble gum;butterscotch;candied fruit;candied apple;crystallized ginger;grapefruit peel;lemon peel
orange peel;candied citrus peel;candy cane;candy corn;caramel;center, centre;comfit;cotton candy;dragee
dragee;fondant;fudge;chocolate fudge;divinity;penuche;gumdrop;jujube;honey crisp;mint, mint candy;horehound
peppermint, peppermint candy;jelly bean;kiss;molasses kiss;meringue kiss;chocolate kiss;licorice, liquorice
Life Saver;lollipop;lozenge;cachou;cough drop;marshmallow;marzipan;nougat;nougat bar;nut bar;peanut bar
popcorn ball;praline;rock candy;rock candy, rock;sugar candy;sugarplum;taffy;molasses taffy
truffle, chocolate truffle;Turkish Delight;dessert;ambrosia, nectar;ambrosia;baked Alaska;blancmange
charlotte;compote;dumpling;flan;frozen dessert;junket;mousse;mousse;pavlova;peach melba;whip;prune whip
pudding;pudding, pud;syllabub;tiramisu;trifle;tipsy cake;jello;apple dumpling;ice, frappe;water ice
ice cream;ice-cream cone;chocolate ice cream;Neapolitan ice cream;peach ice cream;sherbert
strawberry ice cream;tutti-frutti;vanilla ice cream;ice lolly;ice milk;frozen yogurt;snowball;snowball
parfait;ice-cream sundae;split;banana split;frozen pudding;frozen custard;pudding;flummery;fish mousse
chicken mousse;chocolate mousse;plum pudding;carrot pudding;corn pudding;steamed pudding;duff
vanilla pudding;chocolate pudding;brown Betty;Nesselrode;pease pudding;custard;creme caramel;creme anglais
creme brulee;fruit custard;tapioca;tapioca pudding;roly-poly;suet pudding;Bavarian cream
maraschino, maraschino cherry;nonpareil;zabaglione;garnish;pastry;turnover;apple turnover;knish;pirogi
samosa;timbale;puff paste;phyllo;puff batter;ice-cream cake;doughnut;fish cake;fish stick;conserve
apple butter;chowchow;jam;lemon curd;strawberry jam;jelly;apple jelly;crabapple jelly;grape jelly;marmalade
orange marmalade;gelatin;gelatin dessert;buffalo wing;barbecued wing;mess;mince;puree;barbecue, barbeque
biryani;escalope de veau Orloff;saute;patty, cake;veal parmesan;veal cordon bleu;margarine;mincemeat
stuffing;turkey stuffing;oyster stuffing;forcemeat;bread;anadama bread;bap;barmbrack;breadstick;grissino
brown bread;bun;tea bread;caraway seed bread;challah;cinnamon bread;cracked-wheat bread;cracker;crouton
dark bread;English muffin;flatbread;garlic bread;gluten bread;graham bread;Host;flatbrod;bannock;chapatti
pita;loaf of bread;French loaf;matzo;nan, naan;onion bread;raisin bread;quick bread;banana bread;date bread
date-nut bread;nut bread;oatcake;Irish soda bread;skillet bread;rye bread;black bread;Jewish rye bread;limpa
Swedish rye bread;salt-rising bread;simnel;sour bread;toast;wafer;white bread;baguet;French bread
Italian bread;cornbread;corn cake;skillet corn bread;ashcake;hoecake;cornpone;corn dab;hush puppy;johnnycake
Shawnee cake;spoon bread;cinnamon toast;orange toast;Melba toast;zwieback;frankfurter bun;hamburger bun
muffin;bran muffin;corn muffin;Yorkshire pudding;popover;scone;drop scone;cross bun;brioche;crescent roll
hard roll;soft roll;kaiser roll;Parker House roll;clover-leaf roll;onion roll;bialy;sweet roll;bear claw
cinnamon roll;honey bun;pinwheel roll;danish;bagel;onion bagel;biscuit;rolled biscuit;baking-powder biscuit
buttermilk biscuit;shortcake;hardtack;saltine;soda cracker;oyster cracker;water biscuit;graham cracker
pretzel;soft pretzel;sandwich;sandwich plate;butty;ham sandwich;chicken sandwich;club sandwich
open-face sandwich;hamburger;cheeseburger;tunaburger;hotdog;Sloppy Joe;bomber, grinder;gyro
bacon-lettuce-tomato sandwich;Reuben;western;wrap;spaghetti;hasty pudding;gruel;congee;skilly;edible fruit
vegetable;julienne, julienne vegetable;raw vegetable;crudites;celery stick;legume;pulse;potherb;greens
chop-suey greens;bean curd;solanaceous vegetable;root vegetable;potato;baked potato;french fries;home fries
jacket potato;mashed potato;potato skin;Uruguay potato;yam;sweet potato;yam;snack food;chip, crisp;corn chip
tortilla chip;nacho;eggplant;pieplant;cruciferous vegetable;mustard, mustard greens;cabbage, chou;kale
collards;Chinese cabbage;bok choy, bok choi;head cabbage;red cabbage;savoy cabbage, savoy;broccoli
cauliflower;brussels sprouts;broccoli rabe;squash;summer squash;yellow squash;crookneck;zucchini, courgette
marrow, vegetable marrow;cocozelle;pattypan squash;spaghetti squash;winter squash;acorn squash
butternut squash;hubbard squash;turban squash;buttercup squash;cushaw;winter crookneck squash;cucumber, cuke
gherkin;artichoke, globe artichoke;artichoke heart;Jerusalem artichoke, sunchoke;asparagus;bamboo shoot
sprout;bean sprout;alfalfa sprout;beet, beetroot;beet green;sugar beet;mangel-wurzel;chard, Swiss chard
pepper;sweet pepper;bell pepper;green pepper;globe pepper;pimento;hot pepper;chili, chili pepper;jalapeno
chipotle;cayenne, cayenne pepper;tabasco;onion;Bermuda onion;green onion;Vidalia onion;Spanish onion
purple onion;leek;shallot;salad green;lettuce;butterhead lettuce;buttercrunch;Bibb lettuce;Boston lettuce
crisphead lettuce;cos;leaf lettuce, loose-leaf lettuce;celtuce;bean, edible bean;goa bean;lentil;pea
green pea;marrowfat pea;snow pea;sugar snap pea;split-pea;chickpea, garbanzo;cajan pea;field pea;mushy peas
black-eyed pea;common bean;kidney bean;navy bean;pinto bean;frijole;black bean;fresh bean;flageolet, haricot
green bean;snap bean;string bean;Kentucky wonder;scarlet runner, scarlet runner bean;haricot vert
wax bean, yellow bean;shell bean;lima bean;Fordhooks;sieva bean, butter bean;fava bean;soy, soybean
green soybean;field soybean;cardoon;carrot;carrot stick;celery;pascal celery;celeriac;chicory, curly endive
radicchio;coffee substitute;chicory, chicory root;Postum;chicory escarole;Belgian endive;corn, edible corn
sweet corn;hominy;lye hominy;pearl hominy;popcorn;cress;watercress;garden cress;winter cress;dandelion green
gumbo, okra;kohlrabi, turnip cabbage;lamb's-quarter;wild spinach;tomato;beefsteak tomato;cherry tomato
plum tomato;tomatillo, husk tomato;mushroom;stuffed mushroom;salsify;oyster plant;scorzonera;parsnip;pumpkin
radish;turnip;white turnip;rutabaga, swede;turnip greens;sorrel, common sorrel;French sorrel;spinach
taro, taro root;truffle, earthnut;edible nut;bunya bunya;peanut, earthnut;freestone;cling;windfall;apple
crab apple, crabapple;eating apple;Baldwin;Cortland;Cox's Orange Pippin;Delicious;Golden Delicious
Red Delicious;Empire;Grimes' golden;Jonathan;McIntosh;Macoun;Northern Spy;Pearmain;Pippin;Prima;Stayman
Winesap;Stayman Winesap;cooking apple;Bramley's Seedling;Granny Smith;Lane's Prince Albert;Newtown Wonder
Rome Beauty;berry;bilberry, whortleberry;huckleberry;blueberry;wintergreen, boxberry;cranberry;lingonberry
currant;gooseberry;black currant;red currant;blackberry;boysenberry;dewberry;loganberry;raspberry;saskatoon
strawberry;sugarberry, hackberry;persimmon;acerola;carambola, star fruit;ceriman, monstera;carissa plum
citrus, citrus fruit;orange;temple orange;mandarin, mandarin orange;clementine;satsuma;tangerine
tangelo, ugli;bitter orange;sweet orange;Jaffa orange;navel orange;Valencia orange;kumquat;lemon;lime
key lime;grapefruit;pomelo, shaddock;citrange;citron;almond;Jordan almond;apricot;peach;nectarine;pitahaya
plum;damson;greengage;beach plum;sloe;Victoria plum;dried fruit;dried apricot;prune;raisin;seedless raisin
seeded raisin;currant;fig;pineapple, ananas;anchovy pear, river pear;banana;passion fruit;granadilla
sweet calabash;bell apple;breadfruit;jackfruit, jak;cacao bean;cocoa;canistel, eggfruit;melon;melon ball
muskmelon;cantaloup;winter melon;honeydew;Persian melon;net melon, netted melon;casaba;watermelon;cherry
sweet cherry, black cherry;bing cherry;heart cherry, oxheart;blackheart;capulin, Mexican black cherry
sour cherry;amarelle;morello;cocoa plum;gherkin;grape;fox grape;Concord grape;Catawba
muscadine, bullace grape;scuppernong;slipskin grape;vinifera grape;emperor;muscat, muscatel;ribier;sultana
Tokay;flame tokay;Thompson Seedless;custard apple;cherimoya, cherimolla;soursop, guanabana;sweetsop, annon
ilama;pond apple;papaw;papaya;kai apple;ketembilla, kitembilla;ackee;durian;feijoa, pineapple guava;genip
genipap;kiwi, kiwi fruit;loquat, Japanese plum;mangosteen;mango;sapodilla, sapodilla plum;sapote
tamarind, tamarindo;avocado, alligator pear;date;elderberry;guava;mombin;hog plum, yellow mombin
hog plum, wild plum;jaboticaba;jujube, Chinese date;litchi, litchi nut;longanberry;mamey;marang;medlar
medlar;mulberry;olive;black olive;green olive;pear;bosc;anjou;bartlett;seckel;plantain;plumcot;pomegranate
prickly pear;Barbados gooseberry, blade apple;quandong, quandang;quandong nut;quince;rambutan, rambotan
pulasan, pulassan;rose apple;sorb;sour gourd;edible seed;pumpkin seed;betel nut;beechnut;walnut;black walnut
English walnut;brazil nut, brazil;butternut;souari nut;cashew, cashew nut;chestnut;chincapin
hazelnut, filbert;coconut, cocoanut;coconut milk, coconut water;grugru nut;hickory nut;cola extract
macadamia nut;pecan;pine nut;pistachio, pistachio nut;sunflower seed;anchovy paste;rollmops;feed;cattle cake
creep feed;fodder;feed grain;eatage;silage;oil cake;oil meal;alfalfa;broad bean, horse bean;hay;timothy
stover;grain, food grain;grist;groats;millet;barley;pearl barley;buckwheat;bulgur;wheat, wheat berry
cracked wheat;stodge;wheat germ;oat;rice;brown rice;white rice;wild rice;paddy;slop;mash;chicken feed;cud
bird feed;petfood;dog food;cat food;canary seed;salad;tossed salad;green salad;Caesar salad;salmagundi
salad nicoise;combination salad;chef's salad;potato salad;pasta salad;macaroni salad;fruit salad
Waldorf salad;crab Louis;herring salad;tuna fish salad;chicken salad;coleslaw;aspic;molded salad;tabbouleh
ingredient;flavorer;bouillon cube;condiment;herb;fines herbes;spice;spearmint oil;lemon oil;wintergreen oil
salt;celery salt;onion salt;seasoned salt;sour salt;five spice powder;allspice;cinnamon;stick cinnamon;clove
cumin, cumin seed;fennel;ginger, gingerroot;ginger, powdered ginger;mace;nutmeg;pepper, peppercorn
black pepper;white pepper;sassafras;basil, sweet basil;bay leaf;borage;hyssop;caraway;chervil;chives
comfrey, healing herb;coriander, Chinese parsley;coriander, coriander seed;costmary;fennel, common fennel
fennel, Florence fennel;fennel seed;fenugreek, fenugreek seed;garlic, ail;clove, garlic clove;garlic chive
lemon balm;lovage;marjoram;mint;mustard seed;mustard, table mustard;Chinese mustard;nasturtium;parsley
salad burnet;rosemary;rue;sage;clary sage;savory, savoury;summer savory, summer savoury
winter savory, winter savoury;sweet woodruff, waldmeister;sweet cicely;tarragon, estragon;thyme;turmeric
caper;catsup;cardamom, cardamon;cayenne, cayenne pepper;chili powder;chili sauce;chutney;steak sauce
taco sauce;salsa;mint sauce;cranberry sauce;curry powder;curry;lamb curry;duck sauce;horseradish;marinade
paprika;Spanish paprika;pickle;dill pickle;bread and butter pickle;pickle relish;piccalilli;sweet pickle
applesauce;soy sauce;Tabasco;tomato paste;angelica;angelica;almond extract;anise, aniseed;Chinese anise
juniper berries;saffron;sesame seed;caraway seed;poppy seed;dill, dill weed;dill seed;celery seed
lemon extract;monosodium glutamate;vanilla bean;vinegar;cider vinegar;wine vinegar;sauce;anchovy sauce
hot sauce;hard sauce;horseradish sauce;bolognese pasta sauce;carbonara;tomato sauce;tartare sauce;wine sauce
marchand de vin;bread sauce;plum sauce;peach sauce;apricot sauce;pesto;ravigote;remoulade sauce
dressing, salad dressing;sauce Louis;bleu cheese dressing;blue cheese dressing;French dressing
Lorenzo dressing;anchovy dressing;Italian dressing;half-and-half dressing;mayonnaise;green mayonnaise;aioli
Russian dressing;salad cream;Thousand Island dressing;barbecue sauce;hollandaise;bearnaise;Bercy;bordelaise
bourguignon;brown sauce;Espagnole;Chinese brown sauce;blanc;cheese sauce;chocolate sauce;hot-fudge sauce
cocktail sauce;Colbert;white sauce;cream sauce;Mornay sauce;demiglace;gravy, pan gravy;gravy;spaghetti sauce
marinara;mole;hunter's sauce;mushroom sauce;mustard sauce;Nantua;Hungarian sauce;pepper sauce;roux;Smitane
Soubise;Lyonnaise sauce;veloute;allemande;caper sauce;poulette;curry sauce;Worcester sauce
coconut milk, coconut cream;egg;egg white;egg yolk;boiled egg;hard-boiled egg;Easter egg;Easter egg
chocolate egg;candy egg;poached egg;scrambled eggs;deviled egg;shirred egg;omelet;firm omelet;French omelet
fluffy omelet;western omelet;souffle;fried egg;dairy product;milk;milk;sour milk;soya milk;formula
pasteurized milk;cows' milk;yak's milk;goats' milk;acidophilus milk;raw milk;scalded milk;homogenized milk
certified milk;powdered milk;nonfat dry milk;evaporated milk;condensed milk;skim milk;semi-skimmed milk
whole milk;low-fat milk;buttermilk;cream;clotted cream;double creme;half-and-half;heavy cream;light cream
sour cream;whipping cream;butter;clarified butter;ghee;brown butter;Meuniere butter;yogurt;blueberry yogurt
raita;whey;curd;curd;clabber;cheese;paring;cream cheese;double cream;mascarpone;triple cream;cottage cheese
process cheese;bleu;Stilton;Roquefort;gorgonzola;Danish blue;Bavarian blue;Brie;brick cheese;Camembert
cheddar;rat cheese;Cheshire cheese;double Gloucester;Edam;goat cheese;Gouda;grated cheese;hand cheese
Liederkranz;Limburger;mozzarella;Muenster;Parmesan;quark cheese;ricotta;string cheese;Swiss cheese;Emmenthal
Gruyere;sapsago;Velveeta;nut butter;peanut butter;marshmallow fluff;onion butter;pimento butter
shrimp butter;lobster butter;yak butter;spread;cheese spread;anchovy butter;fishpaste;garlic butter;miso
wasabi;snail butter;hummus;pate;duck pate;foie gras;tapenade;tahini;sweetening;aspartame;honey;saccharin
sugar;syrup;sugar syrup;molasses;sorghum, sorghum molasses;treacle;grenadine;maple syrup;corn syrup
miraculous food;batter;dough;bread dough;pancake batter;fritter batter;coq au vin;chicken provencale
chicken and rice;moo goo gai pan;arroz con pollo;bacon and eggs;barbecued spareribs;beef Bourguignonne
beef Wellington;bitok;boiled dinner;Boston baked beans;bubble and squeak;pasta;cannelloni
carbonnade flamande;cheese souffle;chicken Marengo;chicken cordon bleu;Maryland chicken;chicken paprika
chicken Tetrazzini;Tetrazzini;chicken Kiev;chili, chili con carne;chili dog;chop suey;chow mein;codfish ball
coquille;coquilles Saint-Jacques;croquette;cottage pie;rissole;dolmas;egg foo yong;egg roll;eggs Benedict
enchilada;falafel;fish and chips;fondue, fondu;cheese fondue;chocolate fondue;fondue, fondu;beef fondue
French toast;fried rice;frittata;frog legs;galantine;gefilte fish;haggis;ham and eggs;hash;corned beef hash
jambalaya;kabob;kedgeree;souvlaki;lasagna;seafood Newburg;lobster Newburg;shrimp Newburg;Newburg sauce
lobster thermidor;lutefisk;macaroni and cheese;macedoine;meatball;porcupine ball;Swedish meatball;meat loaf
moussaka;osso buco;marrow, bone marrow;pheasant under glass;pigs in blankets;pilaf;bulgur pilaf;pizza
sausage pizza;pepperoni pizza;cheese pizza;anchovy pizza;Sicilian pizza;poi;pork and beans;porridge
oatmeal, burgoo;loblolly;potpie;rijsttaffel;risotto;roulade;fish loaf;salmon loaf;Salisbury steak
sauerbraten;sauerkraut;scallopine;veal scallopini;scampi;Scotch egg;Scotch woodcock;scrapple
spaghetti and meatballs;Spanish rice;steak tartare;pepper steak;steak au poivre;beef Stroganoff
stuffed cabbage;kishke;stuffed peppers;stuffed tomato, hot stuffed tomato
stuffed tomato, cold stuffed tomato;succotash;sukiyaki;sashimi;sushi;Swiss steak;tamale;tamale pie;tempura
teriyaki;terrine;Welsh rarebit;schnitzel;taco;chicken taco;burrito;beef burrito;quesadilla;tostada
bean tostada;refried beans;beverage;wish-wash;concoction;mix;filling;lekvar;potion;elixir;elixir of life
philter;alcohol;proof spirit;home brew;hooch;kava;aperitif;brew;beer;draft beer;suds;Munich beer;bock;lager
light beer;Oktoberfest;Pilsner;shebeen;Weissbier;Weizenbock;malt;wort;malt, malt liquor;ale;bitter;Burton
pale ale;porter;stout;Guinness;kvass;mead;metheglin;hydromel;oenomel;near beer;ginger beer;sake;wine;vintage
red wine;white wine;blush wine;altar wine;sparkling wine;champagne;cold duck;Burgundy;Beaujolais;Medoc
Canary wine;Chablis;Montrachet;Chardonnay;Pinot noir;Pinot blanc;Bordeaux;claret, red Bordeaux;Chianti
Cabernet;Merlot;Sauvignon blanc;California wine;Cotes de Provence;dessert wine;Dubonnet;jug wine;macon
Moselle;Muscadet;plonk;retsina;Rhine wine;Riesling;liebfraumilch;Rhone wine;Rioja;sack;Saint Emilion;Soave
zinfandel;Sauterne;straw wine;table wine;Tokay;vin ordinaire;vermouth;sweet vermouth;dry vermouth
Chenin blanc;Verdicchio;Vouvray;Yquem;generic;varietal;fortified wine;Madeira;malmsey;port;sherry;Marsala
muscat, muscatel;liquor;neutral spirits;aqua vitae;eau de vie;moonshine;bathtub gin;aquavit;arrack;bitters
brandy;applejack;Calvados;Armagnac;Cognac;grappa;kirsch;slivovitz;gin;sloe gin;geneva;grog;ouzo;rum
demerara, demerara rum;Jamaica rum;schnapps;pulque;mescal;tequila;vodka;whiskey;blended whiskey;bourbon
corn whiskey;firewater;Irish;poteen;rye, rye whiskey;Scotch;sour mash;liqueur;absinth;amaretto;anisette
benedictine;Chartreuse;coffee liqueur;creme de cacao;creme de menthe;creme de fraise;Drambuie;Galliano
orange liqueur;curacao;triple sec;Grand Marnier;kummel;maraschino, maraschino liqueur;pastis;Pernod
pousse-cafe;Kahlua;ratafia;sambuca;mixed drink;cocktail;Dom Pedro;highball;mixer;bishop;Bloody Mary
Virgin Mary;bullshot;cobbler;collins;cooler;refresher;smoothie;daiquiri;strawberry daiquiri;NADA daiquiri
spritzer;flip;gimlet;gin and tonic;grasshopper;Harvey Wallbanger;julep;manhattan;Rob Roy;margarita;martini
gin and it;vodka martini;old fashioned;pink lady;Sazerac;screwdriver;sidecar;Scotch and soda;sling
brandy sling;gin sling;rum sling;sour;whiskey sour;stinger;swizzle;hot toddy;zombie;fizz;Irish coffee
cafe au lait;cafe noir;decaffeinated coffee;drip coffee;espresso;caffe latte;cappuccino;iced coffee
instant coffee;mocha, mocha coffee;mocha;cassareep;Turkish coffee;chocolate milk;cider;hard cider;scrumpy
sweet cider;mulled cider;perry;rotgut;slug;cocoa, chocolate;criollo;juice;fruit juice;nectar;apple juice
cranberry juice;grape juice;must;grapefruit juice;orange juice;frozen orange juice;pineapple juice
lemon juice;lime juice;papaya juice;tomato juice;carrot juice;V-8 juice;koumiss;fruit drink;lemonade;limeade
orangeade;malted milk;mate;mulled wine;negus;soft drink;pop;birch beer;bitter lemon;cola;cream soda
egg cream;ginger ale;orange soda;phosphate;Coca Cola;Pepsi;root beer;sarsaparilla;tonic;coffee bean
coffee, java;cafe royale;fruit punch;milk punch;mimosa, buck's fizz;pina colada;punch;cup;champagne cup
claret cup;wassail;planter's punch;White Russian;fish house punch;May wine;eggnog;cassiri;spruce beer;rickey
gin rickey;tea, tea leaf;tea bag;tea;tea-like drink;cambric tea;cuppa;herb tea;tisane;camomile tea;ice tea
sun tea;black tea;congou;Darjeeling;orange pekoe;souchong;green tea;hyson;oolong;water;bottled water
branch water;spring water;sugar water;drinking water;ice water;soda water;mineral water;seltzer;Vichy water
perishable;couscous;ramekin, ramequin;multivitamin;vitamin pill;soul food;mold, mould;people;collection
book, rule book;library;baseball club;crowd;class;core, nucleus;concert band;dance;wedding
chain, concatenation;power breakfast;aerie, aery;agora;amusement park;aphelion;apron;interplanetary space
interstellar space;intergalactic space;bush;semidesert;beam-ends;bridgehead;bus stop;campsite
detention basin;cemetery;trichion;city;business district;outskirts;borough;cow pasture;crest;eparchy;suburb
stockbroker belt;crawlspace;sheikdom;residence, abode;domicile;dude ranch;farmland;midfield;firebreak
flea market;battlefront;garbage heap;benthos, benthic division;goldfield;grainfield;half-mast;hemline
heronry;hipline;hipline;hole-in-the-wall;junkyard;isoclinic line;littoral;magnetic pole;grassland;mecca
observer's meridian;prime meridian;nombril;no-parking zone;outdoors;fairground;pasture;perihelion;periselene
locus of infection;kasbah;waterfront;resort;resort area;rough;ashram;harborage;scrubland;weald;wold
schoolyard;showplace;bedside;sideline;ski resort;soil horizon;geological horizon;coal seam;coalface;field
oilfield;Temperate Zone;terreplein;three-mile limit;desktop;top;kampong;subtropics;barrio;veld;vertex
waterline;high-water mark;low-water mark;continental divide;zodiac;Aegean island;sultanate;Swiss canton
abyssal zone;aerie, aery;air bubble;alluvial flat;alp;Alpine glacier;anthill;aquifer;archipelago;arete
arroyo;ascent;asterism;asthenosphere;atoll;bank;bank;bar;barbecue pit;barrier reef;baryon;basin;beach
honeycomb;belay;ben;berm;bladder stone;bluff;borrow pit;brae;bubble;burrow;butte;caldera;canyon;canyonside
cave;cavern;chasm;cirque;cliff;cloud;coast;coastland;col;collector;comet;continental glacier;coral reef;cove
crag;crater;cultivated land;dale;defile;delta;descent;diapir;divot;divot;down;downhill;draw;drey;drumlin
dune;escarpment, scarp;esker;fireball;flare star;floor;fomite;foothill;footwall;foreland;foreshore
gauge boson;geological formation;geyser;glacier;glen;gopher hole;gorge;grotto;growler;gulch;gully;hail
highland;hill;hillside;hole;hollow;hot spring;iceberg;icecap;ice field;ice floe;ice mass;inclined fault;ion
isthmus;kidney stone;knoll;kopje;Kuiper belt;lake bed;lakefront;lakeside;landfall;landfill;lather;leak;ledge
lepton;lithosphere;lowland;lunar crater;maar;massif;meander;mesa;meteorite;microfossil;midstream;molehill
monocline;mountain;mountainside;mouth;mull;natural depression;natural elevation;nullah;ocean;ocean floor
oceanfront;outcrop;oxbow;pallasite;perforation;photosphere;piedmont;Piedmont glacier;pinetum;plage;plain
point;polar glacier;pothole;precipice;promontory;ptyalith;pulsar;quicksand;rabbit burrow;radiator;rainbow
range;rangeland;ravine;reef;ridge;ridge, ridgeline;rift valley;riparian forest;ripple mark;riverbank
riverbed;rock, stone;roof;saltpan;sandbank;sandbar;sandpit;sanitary landfill;sawpit;scablands;seashore
seaside;seif dune;shell;shiner;shoal;shore;shoreline;sinkhole;ski slope;sky;slope;snowcap;snowdrift
snowfield;soapsuds;spit, tongue;spoor;spume;star;steep;steppe;strand;streambed;sun;supernova;swale;swamp
swell;tableland;talus;tangle;tar pit;terrace;tidal basin;tideland;tor;tor;Trapezium;troposphere;tundra
twinkler;uphill;urolith;valley;vehicle-borne transmission;vein, mineral vein;volcanic crater;volcano;wadi
wall;warren;wasp's nest;watercourse;waterside;water table;whinstone;wormcast;xenolith;Circe;gryphon
spiritual leader;messiah;Rhea Silvia;number one;adventurer;anomaly;appointee, appointment;argonaut;Ashkenazi
benefactor;color-blind person;commoner;conservator;contrarian;contadino;contestant;cosigner;discussant
enologist;entertainer;eulogist;ex-gambler;experimenter;experimenter;exponent;ex-president;face
female, female person;finisher;inhabitant;native, indigen;native;juvenile;lover;male, male person;mediator
mediatrix;national;peer;prize winner;recipient;religionist;sensualist;traveler;unwelcome person
unskilled person;worker;wrongdoer;Black African;Afrikaner;Aryan;Black;Black woman;mulatto;White;Circassian
Semite;Chaldean;Elamite;white man;WASP;gook;Mongol;Tatar;Nahuatl;Aztec;Olmec;Biloxi;Blackfoot;Brule;Caddo
Cheyenne;Chickasaw;Cocopa;Comanche;Creek;Delaware;Diegueno;Esselen;Eyeish;Havasupai;Hunkpapa;Iowa;Kalapooia
Kamia;Kekchi;Kichai;Kickapoo;Kiliwa;Malecite;Maricopa;Mohican;Muskhogean;Navaho;Nootka;Oglala;Osage;Oneida
Paiute;Passamaquody;Penobscot;Penutian;Potawatomi;Powhatan;kachina;Salish;Shahaptian;Shasta;Shawnee;Sihasapa
Teton;Taracahitian;Tarahumara;Tuscarora;Tutelo;Yana;Yavapai;Yokuts;Yuma;Gadaba;Kolam;Kui;Toda;Tulu;Gujarati
Kashmiri;Punjabi;Slav;Anabaptist;Adventist;gentile, non-Jew;gentile;Catholic;Old Catholic;Uniat;Copt;Jewess
Jihadist;Buddhist;Zen Buddhist;Mahayanist;swami;Hare Krishna;Shintoist;Eurafrican;Eurasian;Gael;Frank;Afghan
Albanian;Algerian;Altaic;Andorran;Angolan;Anguillan;Austrian;Bahamian;Bahraini;Basotho;Herero;Luba;Barbadian
Bolivian;Bornean;Carioca;Tupi;Bruneian;Bulgarian;Byelorussian;Cameroonian;Canadian;French Canadian
Central American;Chilean;Congolese;Cypriot;Dane;Djiboutian;Britisher;English person;Englishwoman;Anglo-Saxon
Angle;West Saxon;Lombard;limey;Cantabrigian;Cornishman;Cornishwoman;Lancastrian;Lancastrian;Geordie;Oxonian
Ethiopian;Amhara;Eritrean;Finn;Komi;Livonian;Lithuanian;Selkup;Parisian;Parisienne;Creole;Creole;Gabonese
Greek;Dorian;Athenian;Laconian;Guyanese;Haitian;Malay;Moro;Netherlander;Icelander;Iraqi;Irishman;Irishwoman
Dubliner;Italian;Roman;Sabine;Japanese;Jordanian;Korean;Kenyan;Lao;Lapp;Latin American;Lebanese;Levantine
Liberian;Luxemburger;Macedonian;Sabahan;Mexican;Chicano;Mexican-American;Namibian;Nauruan;Gurkha
New Zealander;Nicaraguan;Nigerian;Hausa;North American;Nova Scotian;Omani;Pakistani;Brahui
South American Indian;Carib;Filipino;Polynesian;Qatari;Romanian;Muscovite;Georgian;Sarawakian;Scandinavian
Senegalese;Slovene;South African;South American;Sudanese;Syrian;Tahitian;Tanzanian;Tibetan;Togolese;Tuareg
Turki;Chuvash;Turkoman;Uzbek;Ugandan;Ukranian;Yakut;Tungus;Igbo;American;Anglo-American;Alaska Native
Arkansan;Carolinian;Coloradan;Connecticuter;Delawarean;Floridian;German American;Illinoisan;Mainer
Marylander;Minnesotan;Nebraskan;New Hampshirite;New Jerseyan;New Yorker;North Carolinian;Oregonian
Pennsylvanian;Texan;Utahan;Uruguayan;Vietnamese;Gambian;East German;Berliner;Prussian;Ghanian;Guinean;Papuan
Walloon;Yemeni;Yugoslav;Serbian;Xhosa;Zairese;Zimbabwean;Zulu;Gemini;Sagittarius;Pisces;abbe;abbess
abnegator;abridger;abstractor;absconder;absolver;abecedarian;aberrant;abettor;abhorrer;abomination;abseiler
abstainer;academic administrator;academician;accessory before the fact;companion;accompanist;accomplice
account executive;accused;accuser;acid head;acquaintance;acquirer;aerialist;action officer;active
active citizen;actor, histrion;actor, doer;addict;adducer;adjuster;adjutant;adjutant general;admirer;adoptee
adulterer;adulteress;advertiser;advisee;advocate;aeronautical engineer;affiliate;affluent;aficionado
buck sergeant;agent-in-place;aggravator;agitator;agnostic;agnostic, doubter;agonist;agony aunt;agriculturist
air attache;air force officer;airhead;air traveler;alarmist;albino;alcoholic;alderman;alexic;alienee;alienor
aliterate;algebraist;allegorizer;alliterator;almoner;alpinist;altar boy;alto;ambassador, embassador
ambassador;ambusher;amicus curiae;amoralist;amputee;analogist;analphabet;analyst;industry analyst
market strategist;anarchist;anathema;ancestor;anchor, anchorman;ancient;anecdotist;angler;animator;animist
annotator;announcer;announcer;anti;anti-American;anti-Semite;Anzac;ape-man;aphakic;appellant;appointee
apprehender;April fool;aspirant;appreciator;appropriator;Arabist;archaist;archbishop;archer;architect
archivist;archpriest;Aristotelian;armiger;army attache;army engineer;army officer;arranger;arrival;arthritic
articulator;artilleryman;artist's model;assayer;assemblyman;assemblywoman;assenter;asserter;assignee
assistant;assistant professor;associate;associate;associate professor;astronaut;cosmographer;atheist;athlete
attendant;attorney general;auditor;augur;aunt;au pair girl;authoritarian;authority;authorizer
automobile mechanic;aviator;aviatrix;ayah;babu;baby, babe;baby;baby boomer;baby farmer;back;backbencher
backpacker;backroom boy;backscratcher;bad person;baggage;bag lady;bailee;bailiff;bailor;bairn;baker;balancer
balker;ball-buster;ball carrier;ballet dancer;ballet master;ballet mistress;balletomane;ball hawk;balloonist
ballplayer;bullfighter;banderillero;matador;picador;bandsman;banker;bank robber;bankrupt;bantamweight
barmaid;baron, big businessman;baron;baron;bartender;baseball coach;base runner;basketball player
basketweaver;Basket Maker;bass, basso;bastard;bat boy;bather;batman;baton twirler;Bavarian;beadsman;beard
beatnik;beauty consultant;Bedouin;bedwetter;beekeeper;beer drinker;beggarman;beggarwoman;beldam;theist
believer;bell founder;benedick;berserker;besieger;best;betrothed;Big Brother;bigot;big shot;big sister
billiard player;biochemist;biographer;bird fancier;birth;birth-control campaigner;bisexual;black belt
blackmailer;Black Muslim;blacksmith;blade;bleacher;blind date;bluecoat;bluestocking;boatbuilder;boatman
boatswain;bobby;bodyguard;boffin;Bolshevik, Marxist;Bolshevik, Bolshevist;bombshell;bondman
bondwoman, bondswoman;bondwoman, bondswoman;bond servant;book agent;bookbinder;bookkeeper;bookmaker;bookworm
booster, shoplifter;bootblack;bootlegger;bootmaker;borderer;border patrolman;botanist;bottom feeder
boulevardier;bounty hunter;bounty hunter;Bourbon;bowler;slugger;cub, lad;Boy Scout;boy scout;boy wonder
bragger;brahman;brawler;breadwinner;breaststroker;breeder;brick;bride;bridesmaid;bridge agent
broadcast journalist;Brother;brother-in-law;browser;Brummie;buddy;bull;bully;bunny, bunny girl;burglar
bursar;busboy;business editor;business traveler;buster;busybody;buttinsky;cabinetmaker;caddie;cadet;caller
call girl;calligrapher;campaigner;camper;camp follower;candidate;canonist;capitalist;captain, headwaiter
captain, senior pilot;captain;captain, chieftain;captive;captive;cardinal;cardiologist;card player;cardsharp
careerist;career man;caregiver;caretaker;caretaker;caricaturist;carillonneur;caroler;carpenter;carper
Cartesian;cashier;casualty, injured party;casualty;casuist;catechist;catechumen;caterer;Catholicos
cat fancier;Cavalier;cavalryman;caveman;celebrant;celebrant, celebrator;celebrity;cellist;censor;censor
centenarian;centrist;centurion;certified public accountant;chachka, tsatske;chambermaid;chameleon;champion
chandler;prison chaplain;charcoal burner;charge d'affaires;charioteer;charmer;chartered accountant;chartist
charwoman;male chauvinist;cheapskate;Chechen;checker;cheerer;cheerleader;cheerleader;Cheops;chess master
chief executive officer;chief of staff;chief petty officer;Chief Secretary;child, kid;child, kid;child, baby
child prodigy;chimneysweeper;chiropractor;chit;choker;choragus;choreographer;chorus girl;chosen;cicerone
cigar smoker;cipher;circus acrobat;citizen;city editor;city father;city man;city slicker;civic leader
civil rights leader;cleaner;clergyman;cleric;clerk;clever Dick;climatologist;climber;clinician;closer
closet queen;clown, buffoon;clown, buffoon;coach, private instructor;coach, manager;pitching coach;coachman
coal miner;coastguardsman;cobber;cobbler, shoemaker;codger;co-beneficiary;cog;cognitive neuroscientist
coiffeur;coiner;collaborator;colleen;college student;collegian;colonial;colonialist;colonizer;coloratura
color guard;colossus;comedian;comedienne;comer;commander;commander in chief;commanding officer;commissar
commissioned officer;commissioned military officer;commissioner;commissioner;committee member;committeewoman
commodore;communicant;communist;Communist;commuter;compere;complexifier;compulsive;computational linguist
computer scientist;computer user;Comrade;concert-goer;conciliator;conductor;confectioner;Confederate
confessor;confidant;Confucian;rep;conqueror;Conservative;Nonconformist;Anglican;consignee;consigner
constable;constructivist;contractor;contralto;contributor;control freak;convalescent;convener;convict
copilot;copycat;coreligionist;cornerback;corporatist;correspondent;cosmetician;cosmopolitan;Cossack
cost accountant;co-star;costumier;cotter, cottier;cotter, cottar;counselor;counterterrorist;counterspy
countess;compromiser;countrywoman;county agent;courtier;cousin;cover girl;cow;craftsman, artisan
craftsman, crafter;crapshooter;crazy;creature;creditor;creep;criminologist;critic;Croesus;cross-examiner
crossover voter;croupier;crown prince;crown princess;cryptanalyst;Cub Scout;cuckold;cultist;curandera;curate
curator;customer agent;cutter, carver;cyberpunk;cyborg;cymbalist;Cynic;cytogeneticist;cytologist;czar
czar, tsar;dad;dairyman;Dalai Lama;dallier;dancer, professional dancer;dancer, social dancer;clog dancer
dancing-master;dark horse;darling;date, escort;daughter;dawdler;day boarder;day laborer;deacon;deaconess
deadeye;deipnosophist;dropout;deadhead;deaf person;debtor;deckhand;defamer;defense contractor;deist;delegate
deliveryman;demagogue;demigod;demographer;demonstrator;den mother;department head;depositor;deputy
dermatologist;descender;designated hitter;designer;desk clerk;desk officer;desk sergeant;detainee
detective, investigator;detective;detractor;developer;deviationist;devisee;devisor;devourer;dialectician
diarist;dietician;diocesan;director, theater director;director;dirty old man;disbeliever;disk jockey
dispatcher;distortionist;distributor, distributer;district attorney;district manager;diver;divorcee;ex-wife
divorce lawyer;docent;doctor;dodo, fogy;doge;dog in the manger;dogmatist;dolichocephalic;domestic partner
Dominican;dominus;don;Donatist;donna;dosser;double;double-crosser;down-and-out;doyenne;draftsman;dramatist
dreamer;dressmaker;dressmaker's model;dribbler, driveller;dribbler;drinker, imbiber;drinker;drug addict
drug user;Druid;drum majorette;drummer;drunk;drunkard;Druze;dry;dry nurse;duchess;duke;duffer;dunker
Dutch uncle;dyspeptic;eager beaver;earl;earner;eavesdropper;eccentric;eclectic;econometrician;economist
ectomorph;editor;egocentric;egotist;ejaculator;elder;elder statesman;elected official;electrician;elegist
elocutionist;emancipator;embryologist;emeritus;emigrant;emissary;empress;employee;employer
enchantress, witch;enchantress, temptress;encyclopedist;endomorph;enemy;energizer, energiser;end man
end man, corner man;endorser;enjoyer;enlisted woman;enophile;entrant;entrant;entrepreneur;envoy;enzymologist
eparch;epidemiologist;epigone;epileptic;Episcopalian;equerry;equerry;erotic;escapee;escapist;Eskimo
espionage agent;esthetician;etcher;ethnologist;Etonian;etymologist;evangelist;Evangelist;event planner
examiner, inspector;examiner, tester;exarch;executant;executive secretary;executive vice president;executrix
exegete;exhibitor;exhibitionist;exile;existentialist;exorcist;ex-spouse;extern;extremist;extrovert
eyewitness;facilitator;fairy godmother;falangist;falconer;falsifier;familiar;fan, buff;fanatic;fancier
farm boy;farmer;farmhand;fascist;fascista;fatalist;father;Father;father-figure;father-in-law;Fauntleroy
Fauve;favorite son;featherweight;federalist;fellow traveler;female aristocrat;female offspring;female child
fence;fiance;fielder;field judge;fighter pilot;filer;film director;finder;fire chief
fire-eater, fire-swallower;fire-eater, hothead;fireman;fire marshall;fire walker;first baseman;firstborn
first lady;first lieutenant;first offender;first sergeant;fishmonger;flagellant;flag officer;flak catcher
flanker back;flapper;flatmate;flatterer;flibbertigibbet;flight surgeon;floorwalker;flop;Florentine
flower girl;flower girl;flutist;fly-by-night;flyweight;flyweight;foe;folk dancer;folk poet;follower
football hero;football player;footman;forefather;foremother;foreign agent;foreigner;boss;foreman;forester
forewoman;forger;forward;foster-brother;foster-father;foster-mother;foster-sister;foster-son;founder
foundress;four-minute man;framer;Francophobe;freak;free agent, free spirit;free agent;freedom rider
free-liver;freeloader;free trader;Freudian;friar;monk;frontierswoman;front man;frotteur;fucker;fucker
fuddy-duddy;fullback;funambulist;fundamentalist;fundraiser;futurist;gadgeteer;gagman, gagster
gagman, standup comedian;gainer, weight gainer;gal;galoot;gambist;gambler;gamine;garbage man;gardener
garment cutter;garroter;gasman;gastroenterologist;gatherer;gawker;gendarme;general;generator, source
geneticist;genitor;gent;geologist;geophysicist;ghostwriter;Gibson girl;girl;girlfriend, girl;girlfriend
girl wonder;Girondist;gitano;gladiator;glassblower;gleaner;goat herder;godchild;godfather;godparent;godson
gofer;goffer;goldsmith;golfer;gondolier;good guy;good old boy;good Samaritan;gossip columnist;gouger
governor general;grabber;grader;graduate nurse;grammarian;granddaughter;grande dame;grandfather
Grand Inquisitor;grandma;grandmaster;grandparent;grantee;granter;grass widower;great-aunt;great grandchild
great granddaughter;great grandmother;great grandparent;great grandson;great-nephew;great-niece;Green Beret
grenadier, grenade thrower;greeter;gringo;grinner;grocer;groom, bridegroom;groom, bridegroom;grouch
group captain;grunter;prison guard;guard;guesser;guest, invitee;guest;guest of honor;guest worker;guide
guitarist;gunnery sergeant;guru;guru;guvnor;guy, cat;gymnast;gym rat;gynecologist;Gypsy;hack, drudge;hacker
haggler;hairdresser;hakim;Hakka;halberdier;halfback;half blood;hand;animal trainer;handyman;hang glider
hardliner;harlequin;harmonizer;hash head;hatchet man;hater;hatmaker;headman;headmaster;head nurse;hearer
heartbreaker;heathen;heavyweight;heavy;heckler;hedger;hedger, equivocator;hedonist;heir;heir apparent
heiress;heir presumptive;hellion;helmsman;hire;hematologist;hemiplegic;herald;herbalist;herder;hermaphrodite
heroine;heroin addict;hero worshiper;Herr;highbinder;highbrow;high commissioner;highflier;Highlander
high-muck-a-muck;high priest;highjacker;hireling;historian;hitchhiker;hitter;hobbyist;holdout;holdover
holdup man;homeboy;homeboy;home buyer;homegirl;homeless;homeopath;honest woman;honor guard;hooker;hoper
hornist;horseman;horse trader;horsewoman;horse wrangler;horticulturist;hospital chaplain;host, innkeeper
host;hostess;hotelier;housekeeper;housemaster;housemate;house physician;house sitter;housing commissioner
huckster;hugger;humanist;humanitarian;hunk;huntress;ex-husband;hydrologist;hyperope;hypertensive;hypnotist
hypocrite;iceman;iconoclast;ideologist;idol;idolizer;imam;imperialist;important person;inamorato;incumbent
incurable;inductee;industrialist;infanticide;inferior;infernal;infielder;infiltrator;informer;ingenue
ingenue;polymath;in-law;inquiry agent;inspector;inspector general;instigator;insurance broker;insurgent
intelligence analyst;interior designer;interlocutor, conversational partner;interlocutor, middleman
International Grandmaster;internationalist;internist;interpreter, translator;interpreter;intervenor
introvert;invader;invalidator;investigator;investor;invigilator;irreligionist;Ivy Leaguer;Jack of all trades
Jacksonian;Jane Doe;janissary;Jat;Javanese;Jekyll and Hyde;jester;Jesuit;jezebel;jilt;jobber;job candidate
Job's comforter;jockey;John Doe;journalist;judge;judge advocate;juggler;Jungian;junior;junior;Junior
junior lightweight;junior middleweight;jurist;juror;justice of the peace;justiciar;kachina;keyboardist
Khedive;kingmaker;king, queen;King's Counsel;Counsel to the Crown;kin;enate;kink;kinswoman;kisser
kitchen help;kitchen police;Klansman;kleptomaniac;kneeler;knight;knocker;knower;know-it-all;kolkhoznik
Kshatriya;labor coach;laborer;Labourite;lady;lady-in-waiting;lady's maid;lama;lamb, dear;lame duck
lamplighter;land agent;landgrave;landlubber, lubber;landlubber, landsman;landowner;landscape architect
langlaufer;languisher;lapidary;lass;Latin;Latin;latitudinarian;Jehovah's Witness;law agent;lawgiver;lawman
law student;lawyer;lay reader;lazybones;leaker;leaseholder;lector, lecturer;lector, reader;lecturer
left-hander;legal representative;legate;legatee;legionnaire;letterman;liberator;licenser;licentiate
lieutenant;lieutenant colonel;lieutenant commander;lieutenant junior grade;life;lifeguard;life tenant
light flyweight;light heavyweight, cruiserweight;light heavyweight;light-o'-love;lightweight;lightweight
lightweight;lilliputian;limnologist;lineman;line officer;lion-hunter;lisper;lister;literary critic;literate
litigant;litterer;little brother;little sister;lobbyist;locksmith;locum tenens;Lord;loser;loser, also-ran
failure;Lothario;loudmouth;lowerclassman;Lowlander;loyalist;Luddite;lumberman;lumper;bedlamite;pyromaniac
lutist;Lutheran;lyricist;macebearer;machinist;madame;maenad;maestro;magdalen;magician;magus;maharani;mahatma
maid, maiden;maid, maidservant;major;major;major-domo;maker;malahini;malcontent;malik;malingerer;Malthusian
adonis;man;man;manageress;mandarin;maneuverer;maniac;Manichaean;manicurist;manipulator;man-at-arms
man of action;man of letters;manufacturer;marcher;marchioness;margrave;margrave;Marine;marquess;marquis
marshal;martinet;mascot;masochist;mason;masquerader;masseur;masseuse;master;master, captain;master-at-arms
master of ceremonies;masturbator;matchmaker;mate, first mate;mate;mate;mater;material;materialist
matriarch, materfamilias;matriarch;matriculate;matron;mayor;mayoress;mechanical engineer;medalist
medical officer;medical practitioner;medical scientist;medium, spiritualist;megalomaniac;melancholic;Melkite
melter;nonmember;board member;clansman;memorizer;Mendelian;mender;Mesoamerican;messmate;mestiza
meteorologist;meter maid;Methodist;Metis;metropolitan;mezzo-soprano;microeconomist;middle-aged man
middlebrow;middleweight;midwife;mikado;Milanese;miler;miles gloriosus;military attache;military chaplain
military leader;military officer;military policeman;mill agent;mill-hand;millionairess;millwright;minder
mining engineer;minister;ministrant;minor leaguer;Minuteman;misanthrope;misfit;mistress;mistress, kept woman
mixed-blood;model;class act;modeler;modifier;molecular biologist;Monegasque;monetarist;moneygrubber
moneymaker;Mongoloid;monolingual;monologist;moonlighter;moralist;morosoph;morris dancer;mortal enemy
mortgagee;mortician;moss-trooper;mother, female parent;mother;mother;mother figure;mother hen;mother-in-law
mother's boy;mother's daughter;motorcycle cop;motorcyclist;Mound Builder;mountebank;mourner
mouthpiece, mouth;mover;moviegoer;muffin man;mugwump;Mullah;muncher;murderess;murder suspect;musher;musician
musicologist;music teacher;musketeer;Muslimah;mutilator;mutineer;mute, deaf-mute;mutterer;muzzler;Mycenaen
mycologist;myope;myrmidon;mystic;mythologist;naif;nailer;namby-pamby;name dropper;namer;nan;nanny, nursemaid
narc;narcissist;nark;nationalist;nautch girl;naval commander;Navy SEAL;obstructionist;Nazarene
Nazarene, Ebionite;Nazi;nebbish;necker;neonate;nephew;neurobiologist;neurologist;neurosurgeon;neutral
neutralist;newcomer, fledgling;newcomer;New Dealer;newspaper editor;newsreader;Newtonian;niece;niggard
night porter;night rider;NIMBY;niqaabi;nitpicker;Nobelist;NOC;noncandidate;noncommissioned officer
nondescript;nondriver;nonparticipant;nonperson;nonresident;nonsmoker;Northern Baptist;noticer;novelist
novitiate;nuclear chemist;nudger;nullipara;number theorist;nurse;nursling;nymph, houri;nymphet;nympholept
nymphomaniac;oarswoman;oboist;obscurantist;observer;obstetrician;occupier;occultist;wine lover;offerer
office-bearer;office boy;officeholder;officiant;Federal;oilman;oil tycoon;old-age pensioner;old boy;old lady
old man;oldster;old-timer;old woman;oligarch;Olympian;omnivore;oncologist;onlooker;onomancer;operator
opportunist;optimist;Orangeman;orator;orderly, hospital attendant;orderly;orderly sergeant;ordinand;ordinary
organ-grinder;organist;organization man;organizer, organiser;organizer, organiser;originator;ornithologist
orphan;orphan;osteopath;out-and-outer;outdoorswoman;outfielder;outfielder;right fielder;right-handed pitcher
outlier;owner-occupier;oyabun;packrat;padrone;padrone;page;painter;Paleo-American;paleontologist;pallbearer
palmist;pamperer;Panchen Lama;panelist;panhandler;paparazzo;paperboy;paperhanger, paperer;paperhanger
papoose;pardoner;paretic;parishioner;park commissioner;Parliamentarian;parliamentary agent;parodist
parricide;parrot;partaker;part-timer;party;party man;passenger;passer;paster;pater;patient;patriarch
patriarch;patriarch, paterfamilias;patriot;patron;patternmaker;pawnbroker;payer;peacekeeper;peasant;pedant
peddler;pederast;penologist;pentathlete;Pentecostal;percussionist;periodontist;peshmerga;personality
personal representative;personage;persona grata;persona non grata;personification;perspirer;pervert
pessimist;pest, blighter;Peter Pan;petitioner;petit juror;pet sitter;petter;Pharaoh;pharmacist
philanthropist;philatelist;philosopher;phonetician;phonologist;photojournalist;photometrist
physical therapist;physicist;piano maker;picker;picnicker;pilgrim;pill;pillar;pill head;pilot;Piltdown man
pimp;pipe smoker;pip-squeak;pisser;pitcher, hurler;pitchman;placeman;placer miner;plagiarist;plainsman
planner, contriver;planter, plantation owner;plasterer;platinum blond;platitudinarian;playboy;player
playmate;pleaser;pledger;plenipotentiary;plier;plodder, slowpoke;plodder, slogger;plotter, mapper;plumber
pluralist;pluralist;poet;pointsman;point woman;policyholder;political prisoner;political scientist
politician, politico;politician;pollster;polluter;pool player;portraitist;poseuse;positivist;postdoc
poster girl;postulator;private citizen;problem solver;pro-lifer;prosthetist;postulant;potboy;poultryman
power user;power worker;practitioner;prayer;preceptor;predecessor;preemptor, pre-emptor
preemptor, pre-emptor;premature baby;presbyter;presenter;presentist;preserver;president
President of the United States;president, prexy;press agent;press photographer;priest;prima ballerina
prima donna, diva;prima donna;primigravida;primordial dwarf;prince charming;prince consort;princeling
Prince of Wales;princess;princess royal;principal, dealer;principal, school principal;print seller;prior
private;probationer;processor;process-server;proconsul;proconsul;proctologist;proctor;procurator;procurer
profit taker;programmer;promiser;promoter;promulgator;propagandist;propagator;property man;prophetess
prophet;prosecutor;prospector;protectionist;protegee;protozoologist;provost marshal;pruner, trimmer;psalmist
psephologist;psychiatrist;psychic;psycholinguist;psychophysicist;publican;pudge;puerpera;punching bag;punter
punter;puppeteer;puppy, pup;purchasing agent;puritan;Puritan;pursuer;pusher, shover;pusher, drug peddler
pusher, thruster;putz;Pygmy;qadi;quadriplegic;quadruplet;quaker;quarter;quarterback;quartermaster
quartermaster general;Quebecois;queen, queen regnant;Queen of England;queen;queen;queen consort;queen mother
Queen's Counsel;question master;quick study;quietist;quitter;rabbi;racist;radiobiologist
radiologic technologist;radiologist;rainmaker;raiser;raja;rake, rakehell;ramrod;ranch hand;ranker;ranter
rape suspect;rapper;rapporteur;rare bird;ratepayer;raw recruit;reader;reading teacher;realist
real estate broker;rear admiral;receiver;reciter;recruit, enlistee;recruit, military recruit;recruiter
recruiting-sergeant;redcap;redhead, redheader;redneck;reeler;reenactor;referral;referee;refiner;Reform Jew
registered nurse;registrar;Regius professor;reliever;anchorite;religious leader;remover;Renaissance man
renegade;rentier;repairman;reporter;newswoman;representative;reprobate;rescuer;reservist
resident commissioner;respecter;restaurateur;restrainer;retailer;retiree;returning officer;revenant
revisionist;revolutionist;rheumatologist;Rhodesian man;rhymer;rich person;rider;riding master;rifleman
right-hander;right-hand man;ringer;ringleader;roadman;roarer;rocket engineer;rocket scientist;rock star
Romanov;romanticist;ropemaker;roper;roper;ropewalker;rosebud;Rosicrucian;Mountie;Rough Rider;roundhead
civil authority;runner;runner;runner;running back;rusher;rustic;saboteur;sadist;sailing master;sailor
salesgirl;salesman;salesperson;salvager;sandwichman;sangoma;sannup;sapper;Sassenach;satrap;saunterer
Savoyard;sawyer;scalper;scandalmonger;scapegrace;scene painter;schemer;schizophrenic;schlemiel
schlockmeister;scholar;scholiast;schoolchild;schoolfriend;Schoolman;schoolmaster;schoolmate;scientist;scion
scoffer;scofflaw;scorekeeper;scorer;scourer;scout;scoutmaster;scrambler;scratcher;screen actor;scrutineer
scuba diver;sculptor;Sea Scout;seasonal worker;seasoner;second baseman;second cousin;seconder;second fiddle
second-in-command;second lieutenant;second-rater;secretary;Secretary of Agriculture
Secretary of Health and Human Services;Secretary of State;Secretary of the Interior;sectarian;section hand
secularist;security consultant;seeded player;seeder, cloud seeder;seeker, searcher;segregate;segregator
selectman;selectwoman;selfish person;self-starter;seller;selling agent;semanticist;semifinalist;seminarian
senator;sendee;senior;senior vice president;separatist;septuagenarian;serf;spree killer;serjeant-at-law
server;serviceman;settler, colonist;settler;sex symbol;sexton;shaheed;Shakespearian;shanghaier;sharecropper
shaver;Shavian;sheep;sheik;shelver;shepherd;ship-breaker;shipmate;shipowner;shipping agent;shirtmaker;shogun
shopaholic;shop girl;shop steward;shot putter;shrew, termagant;shuffler;shyster;sibling;sick person
sightreader;signaler;signer;signor;signora;signore;signorina;silent partner;addle-head;simperer;singer
Sinologist;sipper;sirrah;Sister;sister;waverer;sitar player;sixth-former;skateboarder;skeptic;sketcher
skidder;skier;skinny-dipper;skin-diver;skinhead;slasher;slattern;sleeper, slumberer;sleeper;sleeping beauty
sleuth;slob;sloganeer;slopseller;smasher;smirker;smith;smoothie, smoothy;smuggler;sneezer;snob;snoop;snorer
sob sister;soccer player;social anthropologist;social climber;socialist;socializer;social scientist
social secretary;Socinian;sociolinguist;sociologist;soda jerk;sodalist;sodomite;soldier;son;songster
songstress;songwriter;sorcerer;sorehead;soul mate;Southern Baptist;sovereign;spacewalker;Spanish American
sparring partner;spastic;speaker;native speaker;Speaker;speechwriter;specialist;specifier;spectator
speech therapist;speedskater;spellbinder;sphinx;spinster;split end;sport, sportsman;sport, summercater
sporting man;sports announcer;sports editor;sprog;square dancer;square shooter;squatter;squire;squire
staff member;staff sergeant;stage director;stainer;stakeholder;stalker;stalking-horse;stammerer;stamper
standee;stand-in;star, principal;starlet;starter, dispatcher;statesman;state treasurer;stationer
stenographer;stentor;stepbrother;stepmother;stepparent;stevedore;steward;steward, flight attendant;steward
stickler;stiff;stifler;stipendiary;stitcher;stockjobber;stock trader;stockist;stoker;stooper;store detective
strafer;straight man;stranger, alien;stranger;strategist;straw boss;streetwalker;stretcher-bearer;struggler
stud, he-man;student;stumblebum;stylist;subaltern;subcontractor;subduer;subject;subordinate;substitute
successor, heir;successor, replacement;succorer;Sufi;suffragan;suffragette;sugar daddy;suicide bomber;suitor
sumo wrestler;sunbather;sundowner;super heavyweight;superior;supermom;supernumerary;supremo;surgeon
Surgeon General;Surgeon General;surpriser;surveyor;surveyor;survivor;sutler;sweeper;sweetheart;swinger
switcher;swot;sycophant;sylph;sympathizer;symphonist;syncopator;syndic;tactician;tagger;tailback
tallyman, tally clerk;tallyman;tanker;tapper;Tartuffe;Tarzan;taster;tax assessor;taxer;taxi dancer
taxonomist;teacher;teaching fellow;tearaway;technical sergeant;technician;Ted;teetotaler;television reporter
temporizer;tempter;term infant;toiler;tenant, renter;tenant;tenderfoot;tennis player;tennis pro
tenor saxophonist;termer;terror;tertigravida;testator;testatrix;testee;test-tube baby;Texas Ranger;thane
theatrical producer;theologian;theorist;theosophist;therapist;Thessalonian;thinker, creative thinker;thinker
thrower;thurifer;ticket collector;tight end;tiler;timekeeper;Timorese;tinkerer;tinsmith;tinter;tippler
tipster;T-man;toastmaster;toast mistress;tobogganist;tomboy;toolmaker;torchbearer;Tory;Tory;tosser
tosser, jerk-off;totalitarian;tourist;tout, touter;tout, ticket tout;tovarich;towhead;town clerk;town crier
townsman;toxicologist;track star;trader;trade unionist;traditionalist;traffic cop;tragedian;tragedian
tragedienne;trail boss;trainer;traitor;traitress;transactor;transcriber;transfer;transferee;translator
transvestite;traveling salesman;traverser;trawler;Treasury;trencher;trend-setter;tribesman;trier;trifler
trooper;trooper, state trooper;Trotskyite;truant;trumpeter, cornetist;trusty;Tudor;tumbler;tutee;twin
two-timer;Tyke;tympanist;typist;tyrant;umpire;understudy;undesirable;unicyclist;unilateralist;Unitarian
Arminian;universal donor;UNIX guru;Unknown Soldier;upsetter;upstager;upstart, parvenu;upstart;urchin
urologist;usherette;usher;usurper;utility man;utilizer;Utopian;uxoricide;vacationer;valedictorian
valley girl;vaulter;vegetarian;vegan;venerator;venture capitalist;venturer;vermin;very important person
vibist;vicar;vicar;vicar-general;vice chancellor;vicegerent;vice president;vice-regent;victim;Victorian
victualer;vigilante;villager;vintager;vintner;violator, debaucher;violator, lawbreaker;violist;virago
virologist;Visayan;viscountess;viscount;Visigoth;visionary;visiting fireman;visiting professor;visualizer
vixen, harpy;vizier;voicer;volunteer, unpaid worker;volunteer, military volunteer;votary;votary;vouchee
vower;voyager;voyeur;vulcanizer;waffler;Wagnerian;waif;wailer;waiter;waitress;walking delegate;walk-on
wallah;wally;waltzer;wanderer;Wandering Jew;wanton;warrantee;warrantee;washer;washerman;washwoman;wassailer
wastrel;Wave;weatherman;weekend warrior;weeder;welder;welfare case;westerner;West-sider;wetter;whaler;Whig
whiner;whipper-in;whisperer;whiteface;Carmelite;Augustinian;white hope;white supremacist
whoremaster, whoremonger;whoremaster, whoremonger;widow;wife;wiggler, wriggler;wimp;wing commander;winger
winner;winner, victor;window dresser;winker;wiper;wireman;wise guy;witch doctor;withdrawer;withdrawer
woman, adult female;woman;wonder boy;wonderer;working girl;workman;workmate;worldling;worshiper;worthy
wrecker;wright;write-in candidate;writer;Wykehamist;yakuza;yard bird;yardie;yardman;yardmaster;yenta;yogi
young buck;young Turk;Young Turk;Zionist;zoo keeper;Genet;Kennan;Munro;Popper;Stoker;Townes;dust storm
parhelion;snow;facula;wave;microflora;wilding;semi-climber;volva;basidiocarp;domatium;apomict;aquatic
bryophyte;acrocarp;sphagnum;liverwort;hepatica, Marchantia polymorpha;pecopteris;pteridophyte;fern;fern ally
spore;carpospore;chlamydospore;conidium;oospore;tetraspore;zoospore;cryptogam;spermatophyte;seedling;annual
biennial;perennial;hygrophyte;gymnosperm;gnetum;Catha edulis;ephedra;mahuang;welwitschia;cycad
sago palm, Cycas revoluta;false sago;zamia;coontie;ceratozamia;dioon;encephalartos;kaffir bread;macrozamia
burrawong;pine;pinon;nut pine;pinon pine;Rocky mountain pinon;single-leaf;bishop pine
California single-leaf pinyon;Parry's pinyon;spruce pine;black pine;pitch pine;pond pine;stone pine
Swiss pine;cembra nut;Swiss mountain pine;ancient pine;white pine;American white pine;western white pine
southwestern white pine;limber pine;whitebark pine;yellow pine;ponderosa;Jeffrey pine;shore pine
Sierra lodgepole pine;loblolly pine;jack pine;swamp pine;longleaf pine;shortleaf pine;red pine;Scotch pine
scrub pine;Monterey pine;bristlecone pine;table-mountain pine;knobcone pine;Japanese red pine
Japanese black pine;Torrey pine;larch;American larch;western larch;subalpine larch;European larch
Siberian larch;golden larch;fir;silver fir;amabilis fir;European silver fir;white fir;balsam fir;Fraser fir
lowland fir;Alpine fir;Santa Lucia fir;cedar, cedar tree;cedar of Lebanon;deodar;Atlas cedar;spruce
Norway spruce;weeping spruce;Engelmann spruce;white spruce;black spruce;Siberian spruce;Sitka spruce
oriental spruce;Colorado spruce;red spruce;hemlock, hemlock tree;eastern hemlock;Carolina hemlock
mountain hemlock;western hemlock;douglas fir;green douglas fir;big-cone spruce;Cathaya;cedar, cedar tree
cypress;gowen cypress;pygmy cypress;Santa Cruz cypress;Arizona cypress;Guadalupe cypress;Monterey cypress
Mexican cypress;Italian cypress;King William pine;Chilean cedar;incense cedar, red cedar
southern white cedar;Oregon cedar;yellow cypress;Japanese cedar;juniper berry;incense cedar;kawaka;pahautea
metasequoia;arborvitae;western red cedar;American arborvitae;Oriental arborvitae;hiba arborvitae;keteleeria
Wollemi pine;araucaria;monkey puzzle;norfolk island pine;new caledonian pine;bunya bunya, bunya bunya tree
hoop pine;kauri pine;kauri;amboina pine;dundathu pine;red kauri;plum-yew;California nutmeg;stinking cedar
celery pine;celery top pine;tanekaha;Alpine celery pine;yellowwood;gymnospermous yellowwood;podocarp;yacca
brown pine;cape yellowwood;South-African yellowwood;alpine totara;totara;common yellowwood;kahikatea;rimu
tarwood, tar-wood;common sickle pine;yellow-leaf sickle pine;tarwood, tar-wood;westland pine;huon pine
Chilean rimu;mountain rimu;nagi;miro;matai;plum-fruited yew;Prince Albert yew;Sundacarpus amara
Japanese umbrella pine;yew;Old World yew;Pacific yew;Japanese yew;Florida yew;New Caledonian yew
white-berry yew;ginkgo;angiosperm;dicot;monocot;floret;flower;bloomer;wildflower;apetalous flower
inflorescence;rosebud;gynostegium;pollinium;pistil;gynobase;gynophore;stylopodium;carpophore;cornstalk
petiolule;mericarp;micropyle;germ tube;pollen tube;gemma;galbulus;nectary;pericarp;epicarp;mesocarp;pip
silique;cataphyll;perisperm;monocarp;sporophyte;gametophyte;megasporangium;microspore;microsporangium
microsporophyll;archespore;bonduc nut;Job's tears;oilseed;castor bean;cottonseed;candlenut;peach pit
hypanthium;petal;corolla;lip;perianth;thistledown;custard apple, custard apple tree
cherimoya, cherimoya tree;ilama, ilama tree;soursop, prickly custard apple;bullock's heart
sweetsop, sweetsop tree;pond apple, pond-apple tree;pawpaw;ilang-ilang;lancewood;Guinea pepper;barberry
American barberry;common barberry;Japanese barberry;Oregon grape, Oregon holly grape
Oregon grape, Mahonia nervosa;mayapple;May apple;allspice;Carolina allspice;spicebush, California allspice
katsura tree;laurel;true laurel;camphor tree;cinnamon, Ceylon cinnamon;cassia, cassia-bark tree;cassia bark
Saigon cinnamon;cinnamon bark;spicebush, spice bush;avocado, avocado tree;laurel-tree
sassafras, sassafras tree;California laurel;anise tree;purple anise;star anise, Illicium anisatum
star anise, Chinese anise;magnolia;southern magnolia;umbrella tree, umbrella magnolia
earleaved umbrella tree;cucumber tree;large-leaved magnolia;saucer magnolia;star magnolia;sweet bay
manglietia;tulip tree;moonseed;common moonseed;Carolina moonseed;nutmeg, nutmeg tree;water nymph
European white lily;southern spatterdock;lotus;water chinquapin;water-shield, fanwort
water-shield, Brasenia schreberi;peony;buttercup;meadow buttercup;water crowfoot;lesser celandine
lesser spearwort;greater spearwort;western buttercup;creeping buttercup;cursed crowfoot;aconite;monkshood
wolfsbane;baneberry, cohosh;baneberry;red baneberry;pheasant's-eye;anemone;Alpine anemone;Canada anemone
thimbleweed;wood anemone, Anemone nemorosa;wood anemone, snowdrop;longheaded thimbleweed;snowdrop anemone
Virginia thimbleweed;rue anemone;columbine;meeting house;blue columbine;granny's bonnets;marsh marigold
American bugbane;black cohosh;fetid bugbane;clematis;pine hyacinth;blue jasmine;golden clematis
scarlet clematis;leather flower, Clematis versicolor;leather flower, vase-fine;virgin's bower
purple clematis;goldthread;rocket larkspur;delphinium;larkspur;winter aconite;lenten rose;green hellebore
hepatica, liverleaf;goldenseal;false rue anemone;giant buttercup;nigella;love-in-a-mist, Nigella damascena
fennel flower;black caraway;pasqueflower;meadow rue;false bugbane;globeflower;winter's bark;pepper shrub
sweet gale;wax myrtle;bay myrtle;bayberry, candleberry;sweet fern;corkwood;jointed rush;toad rush
slender rush;zebrawood;Connarus guianensis;legume, leguminous plant;legume;peanut;granadilla tree;arariba
tonka bean;courbaril;melilotus;darling pea;smooth darling pea;clover;alpine clover;hop clover;crimson clover
red clover;buffalo clover;white clover;mimosa;acacia;shittah;wattle;black wattle;gidgee;catechu
silver wattle;huisache;lightwood;golden wattle;fever tree, Acacia xanthophloea;coralwood;albizzia;silk tree
siris;rain tree;calliandra;conacaste;inga;ice-cream bean;guama;lead tree;wild tamarind;sabicu;nitta tree
Parkia javanica;manila tamarind;cat's-claw;honey mesquite;algarroba;screw bean, screwbean;screw bean;dogbane
Indian hemp, rheumatism weed;bushman's poison;impala lily;allamanda;common allamanda;dita
Nepal trumpet flower;carissa;hedge thorn;natal plum;periwinkle, rose periwinkle;ivory tree;white dipladenia
Chilean jasmine;oleander;frangipani;West Indian jasmine;rauwolfia;snakewood;Strophanthus kombe
yellow oleander;myrtle, Vinca minor;large periwinkle;arum;cuckoopint;black calla;calamus;alocasia;giant taro
amorphophallus;pungapung;devil's tongue;anthurium;flamingo flower;jack-in-the-pulpit;friar's-cowl;caladium
Caladium bicolor;wild calla;taro, taro plant;taro, cocoyam;cryptocoryne;dracontium;golden pothos
skunk cabbage, Lysichiton americanum;monstera;ceriman, Monstera deliciosa;nephthytis;Nephthytis afzelii
arrow arum;green arrow arum;philodendron;pistia;pothos;spathiphyllum;skunk cabbage, polecat weed;yautia
calla lily;pink calla;golden calla;duckweed;common duckweed;star-duckweed;great duckweed;watermeal
common wolffia;aralia;American angelica tree;American spikenard;bristly sarsaparilla;Japanese angelica tree
Chinese angelica;ivy;puka, Meryta sinclairii;ginseng, nin-sin;ginseng;umbrella tree, Schefflera actinophylla
birthwort;Dutchman's-pipe;Virginia snakeroot;Canada ginger;heartleaf, heart-leaf;heartleaf, heart-leaf
asarabacca;caryophyllaceous plant;corn cockle;sandwort;mountain sandwort;pine-barren sandwort
seabeach sandwort;rock sandwort;thyme-leaved sandwort;mouse-ear chickweed;snow-in-summer;Alpine mouse-ear
pink, garden pink;sweet William;carnation, clove pink;china pink;Japanese pink;maiden pink;cheddar pink
button pink;cottage pink;fringed pink;drypis;baby's breath;coral necklace;lychnis;ragged robin
scarlet lychnis;mullein pink;sandwort, Moehringia lateriflora;sandwort, Moehringia mucosa;soapwort;knawel
silene;moss campion;wild pink;red campion;white campion;fire pink;bladder campion;corn spurry;sand spurry
chickweed;common chickweed;cowherb;Hottentot fig;livingstone daisy;fig marigold;ice plant
New Zealand spinach;amaranth;amaranth;tumbleweed, Amaranthus albus;prince's-feather, gentleman's-cane
pigweed;thorny amaranth;alligator weed;cockscomb, common cockscomb;cottonweed;globe amaranth;bloodleaf
saltwort, Batis maritima;lamb's-quarters;good-king-henry;Jerusalem oak;oak-leaved goosefoot;sowbane
nettle-leaved goosefoot;red goosefoot;stinking goosefoot;orach;saltbush;garden orache;desert holly
quail bush;beet, common beet;beetroot;chard, Swiss chard;mangel-wurzel, mangold-wurzel;winged pigweed
halogeton;glasswort;saltwort, barilla;Russian thistle;greasewood;scarlet musk flower;sand verbena
sweet sand verbena;yellow sand verbena;beach pancake;beach sand verbena;desert sand verbena
trailing four o'clock;bougainvillea;umbrellawort;four o'clock;common four-o'clock;California four o'clock
sweet four o'clock;desert four o'clock;mountain four o'clock;cockspur;rattail cactus;saguaro
night-blooming cereus;echinocactus;hedgehog cactus;golden barrel cactus;hedgehog cereus;rainbow cactus
epiphyllum;barrel cactus;night-blooming cereus;chichipe;mescal, mezcal;mescal button;mammillaria
feather ball;garambulla;Knowlton's cactus;nopal;prickly pear, prickly pear cactus;cholla
nopal, Opuntia lindheimeri;tuna, Opuntia tuna;Barbados gooseberry, Barbados-gooseberry vine;mistletoe cactus
Christmas cactus;night-blooming cereus;crab cactus;pokeweed;Indian poke;poke;ombu;bloodberry;portulaca
rose moss;common purslane;rock purslane;red maids;Carolina spring beauty;spring beauty
Virginia spring beauty;siskiyou lewisia;bitterroot;broad-leaved montia;blinks;toad lily;winter purslane
flame flower;pigmy talinum;jewels-of-opar;caper;native pomegranate;caper tree, Jamaica caper tree
caper tree, bay-leaved caper;common caper;spiderflower;Rocky Mountain bee plant;clammyweed;crucifer
cress, cress plant;watercress;stonecress;garlic mustard;alyssum;rose of Jericho;Arabidopsis thaliana
Arabidopsis lyrata;rock cress;sicklepod, Arabis Canadensis;tower mustard;horseradish, horseradish root
winter cress, St. Barbara's herb;yellow rocket;hoary alison;buckler mustard;wild cabbage
cabbage, cultivated cabbage;head cabbage, head cabbage plant;savoy cabbage;brussels sprout
cauliflower, Brassica oleracea botrytis;broccoli, Brassica oleracea italica;collard
kohlrabi, Brassica oleracea gongylodes;turnip plant;turnip, white turnip;rutabaga, turnip cabbage
broccoli raab;mustard;chinese mustard;bok choy, bok choi;rape;rapeseed;shepherd's purse;lady's smock
coral-root bittercress;crinkleroot;American watercress;spring cress;purple cress
wallflower, Cheiranthus cheiri;prairie rocket;scurvy grass;sea kale;tansy mustard;draba;wallflower
prairie rocket;Siberian wall flower;western wall flower;wormseed mustard;heliophila;damask violet
tansy-leaved rocket;candytuft;woad;dyer's woad;bladderpod;sweet alyssum;Malcolm stock;Virginian stock
stock, gillyflower;brompton stock;bladderpod;chamois cress;radish plant;jointed charlock
radish, Raphanus sativus;radish, daikon;marsh cress;great yellowcress;schizopetalon;field mustard
hedge mustard;desert plume;pennycress;field pennycress;fringepod;bladderpod;wasabi;poppy
Iceland poppy, Papaver alpinum;western poppy;prickly poppy, Papaver argemone;Iceland poppy, arctic poppy
oriental poppy;corn poppy;opium poppy;prickly poppy, argemone;Mexican poppy;bocconia;celandine;corydalis
climbing corydalis;California poppy;horn poppy;golden cup;plume poppy;blue poppy;Welsh poppy;creamcups
matilija poppy;wind poppy;celandine poppy;climbing fumitory;bleeding heart;Dutchman's breeches;squirrel corn
composite;compass plant;everlasting;achillea;yarrow;pink-and-white everlasting;white snakeroot;ageratum
common ageratum;sweet sultan, Amberboa moschata;ragweed;common ragweed;great ragweed;western ragweed
ammobium;winged everlasting;pellitory;pearly everlasting;andryala;plantain-leaved pussytoes;field pussytoes
solitary pussytoes;mountain everlasting;mayweed;yellow chamomile;corn chamomile;woolly daisy;burdock
great burdock;African daisy;blue-eyed African daisy;marguerite;silversword;arnica;heartleaf arnica
Arnica montana;lamb succory;artemisia;mugwort;sweet wormwood;field wormwood;tarragon, estragon;sand sage
wormwood sage;western mugwort;Roman wormwood;bud brush;common mugwort;aster;wood aster;whorled aster
heath aster, Aster arenosus;heart-leaved aster;white wood aster;bushy aster;heath aster, Aster ericoides
white prairie aster;stiff aster;goldilocks;large-leaved aster;New England aster;Michaelmas daisy
upland white aster;Short's aster;sea aster;prairie aster;annual salt-marsh aster;aromatic aster
arrow leaved aster;azure aster;bog aster;crooked-stemmed aster;Eastern silvery aster;flat-topped white aster
late purple aster;panicled aster;perennial salt marsh aster;purple-stemmed aster;rough-leaved aster
rush aster;Schreiber's aster;small white aster;smooth aster;southern aster;starved aster;tradescant's aster
wavy-leaved aster;Western silvery aster;willow aster;ayapana;mule fat;balsamroot;daisy;common daisy
bur marigold;Spanish needles;tickseed sunflower;European beggar-ticks;slender knapweed;false chamomile
Swan River daisy;woodland oxeye;Indian plantain;calendula;common marigold;China aster;thistle;welted thistle
musk thistle;carline thistle;stemless carline thistle;common carline thistle;safflower;safflower seed
catananche;blue succory;centaury;dusty miller, Centaurea cineraria;cornflower;star-thistle;knapweed
sweet sultan, Centaurea imperialis;great knapweed;Barnaby's thistle;chamomile;chaenactis;chrysanthemum
corn marigold;crown daisy;chop-suey greens, tong ho;golden aster;Maryland golden aster;goldenbush
rabbit brush;chicory, succory;endive;chicory, chicory root;plume thistle;Canada thistle;field thistle
woolly thistle;European woolly thistle;melancholy thistle;brook thistle;bull thistle;blessed thistle
mistflower;horseweed;coreopsis;giant coreopsis;sea dahlia;calliopsis;cosmos;brass buttons;billy buttons
hawk's-beard;artichoke, globe artichoke;cardoon, Cynara cardunculus;dahlia;German ivy
florist's chrysanthemum;cape marigold;leopard's-bane;coneflower;globe thistle;elephant's-foot;tassel flower
brittlebush;sunray;engelmannia;fireweed, Erechtites hieracifolia;fleabane;blue fleabane;daisy fleabane
orange daisy;spreading fleabane;seaside daisy;Philadelphia fleabane;robin's plantain;showy daisy
woolly sunflower;golden yarrow;dog fennel;Joe-Pye weed, spotted Joe-Pye weed;boneset
Joe-Pye weed, purple boneset;blue daisy;kingfisher daisy;cotton rose, cudweed;herba impia;gaillardia;gazania
treasure flower;African daisy;Barberton daisy;desert sunflower;cudweed;chafeweed;gumweed;Grindelia robusta
curlycup gumweed;little-head snakeweed;rabbitweed;broomweed;velvet plant;goldenbush;camphor daisy
yellow spiny daisy;hoary golden bush;sneezeweed;orange sneezeweed;rosilla;sunflower;swamp sunflower
common sunflower;giant sunflower;showy sunflower;Maximilian's sunflower;prairie sunflower
Jerusalem artichoke, girasol;Jerusalem artichoke;strawflower, golden everlasting;heliopsis;strawflower
hairy golden aster;hawkweed;rattlesnake weed;alpine coltsfoot;alpine gold;dwarf hulsea
cat's-ear, California dandelion;inula;marsh elder;burweed marsh elder;krigia;dwarf dandelion;garden lettuce
cos lettuce;leaf lettuce, Lactuca sativa crispa;celtuce, stem lettuce;prickly lettuce;goldfields;tidytips
hawkbit;fall dandelion;edelweiss;oxeye daisy, ox-eyed daisy;oxeye daisy, Leucanthemum maximum;shasta daisy
Pyrenees daisy;north island edelweiss;blazing star, button snakeroot;dotted gayfeather;dense blazing star
Texas star;African daisy, yellow ageratum;tahoka daisy;sticky aster;Mojave aster;tarweed
sweet false chamomile;pineapple weed;climbing hempweed;mutisia;rattlesnake root;white lettuce;daisybush
New Zealand daisybush;cotton thistle;othonna;cascade everlasting;butterweed;American feverfew;cineraria
florest's cineraria;butterbur;winter heliotrope;sweet coltsfoot;oxtongue;hawkweed;mouse-ear hawkweed;stevia
rattlesnake root, Prenanthes purpurea;fleabane, feabane mullet;sheep plant;coneflower;Mexican hat
long-head coneflower;prairie coneflower;Swan River everlasting;coneflower;black-eyed Susan, Rudbeckia hirta
cutleaved coneflower;golden glow;lavender cotton;creeping zinnia;golden thistle;Spanish oyster plant
nodding groundsel;dusty miller, Senecio cineraria;butterweed, ragwort;ragwort;arrowleaf groundsel
black salsify;white-topped aster;narrow-leaved white-topped aster;silver sage;sea wormwood;sawwort;rosinweed
milk thistle;goldenrod;silverrod;meadow goldenrod;Missouri goldenrod;alpine goldenrod;grey goldenrod
Blue Mountain tea;dyer's weed;seaside goldenrod;narrow goldenrod;Boott's goldenrod;Elliott's goldenrod
Ohio goldenrod;rough-stemmed goldenrod;showy goldenrod;tall goldenrod;zigzag goldenrod;sow thistle
milkweed, Sonchus oleraceus;stevia;stokes' aster;marigold;African marigold;French marigold;painted daisy
pyrethrum;northern dune tansy;feverfew;dusty miller, silver-lace;tansy;dandelion;common dandelion
dandelion green;Russian dandelion;stemless hymenoxys;Mexican sunflower;Easter daisy;yellow salsify
salsify, oyster plant;meadow salsify;scentless camomile;turfing daisy;coltsfoot;ursinia;crownbeard;wingstem
cowpen daisy;gravelweed;Virginia crownbeard;ironweed;mule's ears;white-rayed mule's ears;cocklebur
xeranthemum;immortelle;zinnia;white zinnia;little golden zinnia;blazing star, Mentzelia livicaulis;bartonia
achene;samara;campanula;creeping bellflower;Canterbury bell, cup and saucer;tall bellflower;marsh bellflower
clustered bellflower;peach bells;chimney plant;rampion;tussock bellflower;orchid;orchis;male orchis
butterfly orchid, butterfly orchis;showy orchis;aerides;angrecum;jewel orchid;puttyroot;arethusa;bog rose
bletia;Bletilla striata;brassavola;spider orchid, Brassia lawrenceana;spider orchid, Brassia verrucosa
caladenia;calanthe;grass pink;calypso;cattleya;helleborine;red helleborine;spreading pogonia;rosebud orchid
satyr orchid;frog orchid, Coeloglossum viride;coelogyne;coral root;spotted coral root;striped coral root
early coral root;swan orchid;cymbid;cypripedia;lady's slipper;moccasin flower;common lady's-slipper
ram's-head;yellow lady's slipper;large yellow lady's slipper;California lady's slipper
clustered lady's slipper;mountain lady's slipper;marsh orchid;common spotted orchid;dendrobium;disa
phantom orchid;tulip orchid;butterfly orchid, Encyclia tampensis;butterfly orchid, butterfly orchis
epidendron;helleborine;Epipactis helleborine;stream orchid;tongueflower;rattlesnake plantain;fragrant orchid
short-spurred fragrant orchid;fringed orchis;frog orchid;rein orchid;bog rein orchid;white fringed orchis
elegant Habenaria;purple-fringed orchid, purple-fringed orchis;coastal rein orchid;Hooker's orchid
ragged orchid;prairie orchid;snowy orchid;round-leaved rein orchid;purple fringeless orchid
purple-fringed orchid, purple-fringed orchis;Alaska rein orchid;crested coral root;Texas purple spike
lizard orchid;laelia;liparis;twayblade;fen orchid;broad-leaved twayblade;lesser twayblade
twayblade, Listera ovata;green adder's mouth;masdevallia;maxillaria;pansy orchid;odontoglossum;oncidium
bee orchid;fly orchid, Ophrys insectifera;spider orchid;early spider orchid;Venus' slipper;phaius
moth orchid;butterfly plant;rattlesnake orchid;lesser butterfly orchid;greater butterfly orchid
prairie white-fringed orchid;tangle orchid;Indian crocus;pleurothallis;pogonia;butterfly orchid
Psychopsis krameriana;Psychopsis papilio;helmet orchid;foxtail orchid;orange-blossom orchid;sobralia
ladies' tresses;screw augur;hooded ladies' tresses;western ladies' tresses;European ladies' tresses
stanhopea;stelis;fly orchid;vanda;blue orchid;vanilla;vanilla orchid;yam, yam plant;yam;white yam
cinnamon vine;elephant's-foot, tortoise plant;wild yam;cush-cush;black bryony;primrose;English primrose
cowslip;oxlip;Chinese primrose;polyanthus;pimpernel;scarlet pimpernel;bog pimpernel;chaffweed;cyclamen
sowbread;sea milkwort;featherfoil;water gillyflower;water violet;loosestrife;gooseneck loosestrife
yellow pimpernel;fringed loosestrife;moneywort;swamp candles;whorled loosestrife;water pimpernel
brookweed, Samolus valerandii;brookweed, Samolus parviflorus;coralberry, spiceberry;marlberry;plumbago
leadwort;thrift;sea lavender;barbasco;gramineous plant;grass;midgrass;shortgrass;sword grass;tallgrass
herbage;goat grass;wheatgrass;crested wheatgrass;bearded wheatgrass;western wheatgrass
intermediate wheatgrass;slender wheatgrass;velvet bent;cloud grass;meadow foxtail;foxtail;broom grass
broom sedge;tall oat grass;toetoe;oat;cereal oat;wild oat;slender wild oat;wild red oat;brome;chess
field brome;grama;black grama;buffalo grass;reed grass;feather reed grass;Australian reed grass;burgrass
buffel grass;Rhodes grass;pampas grass;giant star grass;orchard grass;Egyptian grass;crabgrass
smooth crabgrass;large crabgrass;barnyard grass;Japanese millet;yardgrass;finger millet;lyme grass;wild rye
giant ryegrass;sea lyme grass;Canada wild rye;teff;weeping love grass;plume grass;Ravenna grass;fescue
reed meadow grass;velvet grass;creeping soft grass;barleycorn;barley grass;little barley;rye grass
perennial ryegrass;Italian ryegrass;darnel;nimblewill;cultivated rice;ricegrass;smilo;switch grass
broomcorn millet;goose grass;dallisgrass;Bahia grass;knotgrass;fountain grass;reed canary grass;canary grass
timothy, herd's grass;bluegrass;meadowgrass;wood meadowgrass;noble cane;munj;broom beard grass;bluestem
rye, Secale cereale;bristlegrass;giant foxtail;yellow bristlegrass;green bristlegrass;Siberian millet
German millet;millet;rattan, rattan cane;malacca;reed;sorghum;grain sorghum;durra;feterita;hegari;kaoliang
milo;shallu;broomcorn;cordgrass;salt reed grass;prairie cordgrass;smut grass;sand dropseed;rush grass
St. Augustine grass;grain;cereal;wheat;wheat berry;durum;spelt;emmer;wild wheat;corn, maize;mealie;corn
dent corn;flint corn;popcorn, Zea mays everta;zoysia;Manila grass;Korean lawn grass;bamboo;common bamboo
giant bamboo;umbrella plant, umbrella sedge;chufa;galingale;nutgrass;sand sedge;cypress sedge;cotton grass
common cotton grass;hardstem bulrush;wool grass;spike rush;water chestnut;needle spike rush
creeping spike rush;pandanus;textile screw pine;cattail;cat's-tail;bur reed;grain, caryopsis;kernel;rye
gourd, gourd vine;gourd;pumpkin, pumpkin vine;squash, squash vine;summer squash, summer squash vine
yellow squash;marrow, marrow squash;zucchini, courgette;cocozelle, Italian vegetable marrow;cymling
spaghetti squash;winter squash, winter squash plant;acorn squash;hubbard squash, Cucurbita maxima
turban squash, Cucurbita maxima turbaniformis;buttercup squash;butternut squash, Cucurbita maxima
winter crookneck;cushaw, Cucurbita mixta;prairie gourd, prairie gourd vine;prairie gourd;bryony;white bryony
sweet melon;cantaloupe;winter melon, Persian melon;net melon, netted melon;cucumber, cucumber vine
squirting cucumber;bottle gourd;luffa;loofah;angled loofah;loofa;balsam apple;balsam pear;lobelia
water lobelia;mallow;musk mallow;common mallow;okra, gumbo;okra;abelmosk;flowering maple;velvetleaf
hollyhock;rose mallow, Alcea rosea;althea;marsh mallow;poppy mallow;fringed poppy mallow;purple poppy mallow
clustered poppy mallow;sea island cotton;Levant cotton;upland cotton;Peruvian cotton;wild cotton;kenaf
sorrel tree, Hibiscus heterophyllus;rose mallow, swamp mallow;cotton rose, Confederate rose;roselle;mahoe
flower-of-an-hour;lacebark;wild hollyhock;mountain hollyhock;seashore mallow;salt marsh mallow
chaparral mallow;malope;false mallow;waxmallow;glade mallow;pavonia;ribbon tree;bush hibiscus
Virginia mallow;Queensland hemp;Indian mallow;checkerbloom;globe mallow;prairie mallow;tulipwood tree
portia tree;red silk-cotton tree;cream-of-tartar tree;baobab;kapok;durian, durion;Montezuma
shaving-brush tree;quandong, quandong tree;quandong, blue fig;makomako;Jamaican cherry;breakax;sterculia
Panama tree;kalumpang;bottle-tree;flame tree, flame durrajong;flame tree, broad-leaved bottletree;kurrajong
Queensland bottletree;kola;kola nut;Chinese parasol tree;flannelbush;screw tree;nut-leaved screw tree
red beech;looking glass tree;looking-glass plant;honey bell;mayeng;silver tree, Tarrietia argyrodendron
cacao;obeche;linden;American basswood;small-leaved linden;white basswood;Japanese linden;silver lime
corchorus;African hemp;herb, herbaceous plant;protea;honeypot;honeyflower, honey-flower;banksia
honeysuckle, Australian honeysuckle;smoke bush;Chilean firebush;Chilean nut;grevillea;red-flowered silky oak
silky oak;beefwood, Grevillea striata;cushion flower;rewa-rewa;honeyflower, honey-flower
silver tree, Leucadendron argenteum;lomatia;macadamia;Macadamia integrifolia
macadamia nut, macadamia nut tree;Queensland nut;prickly ash, Orites excelsa;geebung;wheel tree
scrub beefwood;waratah, Telopea Oreades;waratah, Telopea speciosissima;casuarina;she-oak;beefwood
Australian pine;heath;tree heath;briarroot;winter heath;bell heather;Cornish heath;Spanish heath
Prince-of-Wales'-heath;bog rosemary;marsh andromeda;madrona;strawberry tree;bearberry;alpine bearberry
heartleaf manzanita;Parry manzanita;spike heath;bryanthus;leatherleaf, Chamaedaphne calyculata
Connemara heath;trailing arbutus;creeping snowberry;salal;huckleberry;black huckleberry;dangleberry
box huckleberry;kalmia;mountain laurel;swamp laurel;trapper's tea;wild rosemary;sand myrtle;leucothoe
dog laurel;sweet bells;alpine azalea;staggerbush;maleberry;fetterbush, fetter bush;false azalea;minniebush
sorrel tree, sourwood;mountain heath;purple heather;fetterbush, mountain fetterbush;rhododendron
coast rhododendron;rosebay;swamp azalea;azalea;cranberry;American cranberry;European cranberry
blueberry, blueberry bush;farkleberry;low-bush blueberry;rabbiteye blueberry;dwarf bilberry
evergreen blueberry;evergreen huckleberry;bilberry, thin-leaved bilberry;bilberry, whortleberry;bog bilberry
dryland blueberry;grouseberry;deerberry;cowberry;diapensia;galax;pyxie;shortia;oconee bells;Australian heath
epacris;common heath, Epacris impressa;common heath, blunt-leaf heath;Port Jackson heath;native cranberry
pink fivecorner;wintergreen, pyrola;false wintergreen;lesser wintergreen;wild lily of the valley, shinleaf
wild lily of the valley, Pyrola rotundifolia;pipsissewa;love-in-winter;one-flowered wintergreen;Indian pipe
pinesap;beech;common beech;copper beech;American beech;weeping beech;Japanese beech;chestnut, chestnut tree
American chestnut;European chestnut;Chinese chestnut;Japanese chestnut;Allegheny chinkapin;Ozark chinkapin
oak chestnut;giant chinkapin;dwarf golden chinkapin;tanbark oak;Japanese oak, Lithocarpus glabra
southern beech;myrtle beech;Coigue;New Zealand beech;silver beech;roble beech;rauli beech;black beech
hard beech;acorn;cupule;oak;live oak;coast live oak;white oak;American white oak;Arizona white oak
swamp white oak;European turkey oak;canyon oak;scarlet oak;jack oak;red oak;southern red oak
Oregon white oak;holm oak;bear oak;shingle oak;bluejack oak;California black oak;American turkey oak
laurel oak;California white oak;overcup oak;bur oak;scrub oak;blackjack oak;swamp chestnut oak
Japanese oak, Quercus mongolica;chestnut oak;chinquapin oak;myrtle oak;water oak;Nuttall oak;durmast
basket oak;pin oak;willow oak;dwarf chinkapin oak;common oak;northern red oak;Shumard oak;post oak;cork oak
Spanish oak;huckleberry oak;Chinese cork oak;black oak;southern live oak;interior live oak;mast
birch, birch tree;yellow birch;American white birch;grey birch;silver birch;downy birch;black birch
sweet birch;Yukon white birch;swamp birch;Newfoundland dwarf birch;alder;common alder;grey alder
seaside alder;white alder;red alder;speckled alder;smooth alder;green alder, Alnus veridis
green alder, Alnus veridis crispa;hornbeam;European hornbeam;American hornbeam;hop hornbeam
Old World hop hornbeam;Eastern hop hornbeam;hazelnut, hazel;American hazel;cobnut;beaked hazelnut;centaury
rosita;lesser centaury;seaside centaury;slender centaury;prairie gentian;Persian violet;columbo;gentian
gentianella;closed gentian, blind gentian;explorer's gentian;closed gentian, blind gentian
great yellow gentian;marsh gentian;soapwort gentian;striped gentian;agueweed;felwort;fringed gentian
Gentianopsis crinita;Gentianopsis detonsa;Gentianopsid procera;Gentianopsis thermalis;tufted gentian
spurred gentian;sabbatia;toothbrush tree;olive tree;olive, European olive tree;olive;black maire;white maire
fringe tree;fringe bush;forestiera;forsythia;ash;white ash;swamp ash;flowering ash;European ash;Oregon ash
black ash;manna ash;red ash;green ash;blue ash;mountain ash, Fraxinus texensis;pumpkin ash;Arizona ash
jasmine;primrose jasmine;winter jasmine;common jasmine;privet;Amur privet;Japanese privet
Ligustrum obtusifolium;common privet;devilwood;mock privet;lilac;Himalayan lilac;Persian lilac
Japanese tree lilac;Japanese lilac;common lilac;bloodwort;kangaroo paw;Virginian witch hazel
vernal witch hazel;winter hazel;fothergilla;liquidambar;sweet gum;iron tree;walnut, walnut tree
California black walnut;butternut, butternut tree;black walnut, black walnut tree
English walnut, English walnut tree;hickory;water hickory;pignut;bitternut;pecan, pecan tree;big shellbark
nutmeg hickory;shagbark;mockernut;wing nut, wing-nut;Caucasian walnut;dhawa;combretum;hiccup nut
bush willow, Combretum appiculatum;bush willow, Combretum erythrophyllum;button tree
white mangrove, Laguncularia racemosa;oleaster;water milfoil;anchovy pear, anchovy pear tree
brazil nut, brazil-nut tree;loosestrife;purple loosestrife;grass poly;crape myrtle;Queen's crape myrtle
myrtaceous tree;myrtle;common myrtle;bayberry, bay-rum tree;allspice, allspice tree;allspice tree
sour cherry, Eugenia corynantha;nakedwood, Eugenia dicrana;Surinam cherry;rose apple, rose-apple tree
feijoa, feijoa bush;jaboticaba, jaboticaba tree;guava, true guava;guava, strawberry guava;cattley guava
Brazilian guava;gum tree;eucalyptus;flooded gum;mallee;stringybark;smoothbark;red gum, peppermint
red gum, marri;river red gum;mountain swamp gum;snow gum;alpine ash;white mallee;white stringybark
white mountain ash;blue gum;rose gum;cider gum;swamp gum;spotted gum;lemon-scented gum;black mallee
forest red gum;mountain ash, Eucalyptus regnans;manna gum;clove, clove tree;clove;tupelo;water gum;sour gum
enchanter's nightshade;Circaea lutetiana;willowherb;fireweed, giant willowherb;California fuchsia;fuchsia
lady's-eardrop;evening primrose;common evening primrose;sundrops;Missouri primrose
pomegranate, pomegranate tree;mangrove;daphne;garland flower;spurge laurel;mezereon;Indian rhododendron
Medinilla magnifica;deer grass;canna;achira;arrowroot;banana, banana tree;dwarf banana;Japanese banana
plantain, plantain tree;edible banana;abaca;Abyssinian banana;ginger;common ginger;turmeric, Curcuma longa
galangal;shellflower, shall-flower;grains of paradise;cardamom, cardamon;begonia;fibrous-rooted begonia
tuberous begonia;rhizomatous begonia;Christmas begonia;angel-wing begonia;beefsteak begonia;star begonia
rex begonia;wax begonia;Socotra begonia;hybrid tuberous begonia;dillenia;guinea gold vine;poon;calaba;Maria
laurelwood;Alexandrian laurel;clusia;wild fig;waxflower;pitch apple;mangosteen, mangosteen tree;gamboge tree
St John's wort;common St John's wort;great St John's wort;creeping St John's wort;low St Andrew's cross
klammath weed;shrubby St John's wort;St Peter's wort;marsh St-John's wort;mammee apple;rose chestnut
bower actinidia;Chinese gooseberry;silvervine;wild cinnamon;papaya, papaia;souari;rockrose
white-leaved rockrose;common gum cistus;frostweed;dipterocarp;red lauan;governor's plum;kei apple
ketembilla, kitembilla;chaulmoogra;wild peach;candlewood;boojum tree;bird's-eye bush
granadilla, purple granadillo;granadilla, sweet granadilla;granadilla, giant granadilla;maypop
Jamaica honeysuckle;banana passion fruit;sweet calabash, Passiflora maliformis;love-in-a-mist, running pop
reseda;mignonette;dyer's rocket;false tamarisk;halophyte;viola;violet;field pansy;American dog violet
dog violet;horned violet;two-eyed violet;bird's-foot violet;downy yellow violet;long-spurred violet
pale violet;hedge violet;nettle;stinging nettle;Roman nettle;ramie;wood nettle;Australian nettle
pellitory-of-the-wall;richweed;artillery plant;friendship plant;Queensland grass-cloth plant
Pipturus albidus;cannabis;Indian hemp, Cannabis indica;mulberry, mulberry tree;white mulberry;black mulberry
red mulberry;osage orange;breadfruit, breadfruit tree;jackfruit, jackfruit tree;marang, marang tree;fig tree
fig, common fig;caprifig;golden fig;banyan, banyan tree;pipal;India-rubber tree;mistletoe fig
Port Jackson fig;sycamore, sycamore fig;paper mulberry;trumpetwood;elm;winged elm;American elm
smooth-leaved elm;cedar elm;witch elm;Dutch elm;Huntingdon elm;water elm;Chinese elm;English elm
Siberian elm;slippery elm;Jersey elm;September elm;rock elm;hackberry;European hackberry;American hackberry
sugarberry, Celtis laevigata;iridaceous plant;bearded iris;beardless iris;orrisroot
dwarf iris, Iris cristata;Dutch iris, Iris filifolia;Florentine iris;stinking iris
German iris, Iris germanica;Japanese iris;German iris, Iris kochii;Dalmatian iris;Persian iris
Dutch iris, Iris tingitana;dwarf iris, vernal iris;Spanish iris;blackberry-lily;crocus
saffron, saffron crocus;corn lily;blue-eyed grass;wandflower;amaryllis;salsilla, Bomarea edulis
salsilla, Bomarea salsilla;blood lily;Cape tulip;hippeastrum;narcissus;daffodil;jonquil, Narcissus jonquilla
jonquil;Jacobean lily;liliaceous plant;mountain lily;Canada lily;tiger lily, leopard lily
Columbia tiger lily;tiger lily, devil lily;Easter lily;coast lily;Turk's-cap, martagon;Michigan lily
leopard lily;Turk's-cap, Turk's cap-lily;African lily;colicroot;ague root;yellow colicroot;alliaceous plant
Hooker's onion;wild leek;Canada garlic;keeled garlic;onion;shallot, eschalot;nodding onion;Welsh onion
red-skinned onion;daffodil garlic;few-flowered leek;garlic, Allium sativum;sand leek;chives, chive
crow garlic;wild garlic;garlic chive, Chinese chive;round-headed leek;three-cornered leek;cape aloe
kniphofia;poker plant;red-hot poker;fly poison;amber lily;asparagus, edible asparagus;asparagus fern;smilax
asphodel;Jacob's rod;aspidistra;coral drops;Christmas bells;climbing onion;mariposa;globe lily;cat's-ear
white globe lily;yellow globe lily;rose globe lily;star tulip;desert mariposa tulip;yellow mariposa tulip
sagebrush mariposa tulip;sego lily;camas;common camas;Leichtlin's camas;wild hyacinth;dogtooth violet
white dogtooth violet;yellow adder's tongue;European dogtooth;fawn lily;glacier lily;avalanche lily
fritillary, checkered lily;mission bells, rice-grain fritillary;mission bells, black fritillary;stink bell
crown imperial;white fritillary;snake's head fritillary;adobe lily;scarlet fritillary;tulip;dwarf tulip
lady tulip;Tulipa gesneriana;cottage tulip;Darwin tulip;gloriosa;lemon lily;common hyacinth;Roman hyacinth
summer hyacinth;star-of-Bethlehem;bath asparagus;grape hyacinth;common grape hyacinth;tassel hyacinth;scilla
spring squill;false asphodel;Scotch asphodel;sea squill;squill;butcher's broom;bog asphodel
European bog asphodel;American bog asphodel;hellebore;white hellebore;squaw grass;death camas;alkali grass
white camas;poison camas;grassy death camas;prairie wake-robin;dwarf-white trillium;herb Paris;sarsaparilla
bullbrier;rough bindweed;clintonia;false lily of the valley, Maianthemum canadense
false lily of the valley, Maianthemum bifolium;Solomon's-seal;great Solomon's-seal;bellwort
strawflower, cornflower;pia;agave;American agave;sisal;maguey, cantala;maguey, Agave atrovirens
Agave tequilana;cabbage tree;dracaena;tuberose;sansevieria;African bowstring hemp;Ceylon bowstring hemp
mother-in-law's tongue;Spanish bayonet, Yucca aloifolia;Spanish bayonet, Yucca baccata;Joshua tree;soapweed
Adam's needle;bear grass;Spanish dagger;Our Lord's candle;water shamrock;butterfly bush;yellow jasmine;flax
calabar bean;bonduc;divi-divi;Mysore thorn;brazilian ironwood;bird of paradise;shingle tree;mountain ebony
msasa;cassia;golden shower tree;pink shower;rainbow shower;horse cassia;carob, carob tree;carob, carob bean
paloverde;royal poinciana;locust tree;water locust;honey locust;Kentucky coffee tree;logwood;Jerusalem thorn
palo verde;Dalmatian laburnum;senna;avaram;Alexandria senna;wild senna;sicklepod, Senna obtusifolia
coffee senna;tamarind, tamarind tree;false indigo, bastard indigo;false indigo, bastard indigo;hog peanut
angelim;cabbage bark;kidney vetch;groundnut;rooibos;milk vetch;alpine milk vetch;purple milk vetch;camwood
wild indigo;blue false indigo;white false indigo;indigo broom;dhak;pigeon pea;sword bean;pea tree
Siberian pea tree;Chinese pea tree;Moreton Bay chestnut;butterfly pea, Centrosema virginianum;Judas tree
redbud;western redbud;tagasaste;weeping tree broom;flame pea;chickpea, chickpea plant;chickpea, garbanzo
Kentucky yellowwood;glory pea;desert pea;parrot's beak;butterfly pea, Clitoria mariana;blue pea
telegraph plant;bladder senna;axseed;crotalaria;guar;white broom;common broom;rosewood;Indian blackwood
sissoo;kingwood;Brazilian rosewood;cocobolo;blackwood;bitter pea;derris;derris root;prairie mimosa
tick trefoil;beggarweed;Australian pea;coral tree;kaffir boom, Cape kafferboom;coral bean tree;ceibo
kaffir boom, Transvaal kafferboom;Indian coral tree;cork tree, Erythrina vespertilio;goat's rue;poison bush
Spanish broom;woodwaxen;chanar;gliricidia;soy, soybean;licorice, liquorice;wild licorice, wild liquorice
licorice root;Western Australia coral pea;sweet vetch;French honeysuckle;anil
scarlet runner, running postman;hyacinth bean;Scotch laburnum;vetchling;wild pea;everlasting pea;beach pea
grass vetch;marsh pea;common vetchling;grass pea;Tangier pea;heath pea;bicolor lespediza;japanese clover
Korean lespedeza;sericea lespedeza;lentil, lentil plant;lentil;prairie bird's-foot trefoil
bird's foot trefoil, bird's foot clover;winged pea;lupine;white lupine;tree lupine;wild lupine;bluebonnet
Texas bluebonnet;medic;moon trefoil;sickle alfalfa;Calvary clover;black medick;alfalfa, lucerne;millettia
mucuna;cowage;tolu tree;Peruvian balsam;sainfoin;restharrow;bead tree;jumby bead;locoweed;purple locoweed
tumbleweed;yam bean;shamrock pea;pole bean;kidney bean, frijol;haricot;wax bean
scarlet runner, scarlet runner bean;lima bean, lima bean plant;sieva bean, butter bean;tepary bean
chaparral pea;Jamaica dogwood;pea;garden pea;edible-pod pea;sugar snap pea, snap pea
field pea, field-pea plant;field pea;common flat pea;quira;roble;Panama redwood tree;Indian beech
winged bean;breadroot;bloodwood tree;kino;red sandalwood;kudzu;bristly locust;black locust;clammy locust
carib wood;Colorado River hemp;scarlet wisteria tree;Japanese pagoda tree;mescal bean;kowhai;jade vine
hoary pea;bastard indigo;catgut;bush pea;false lupine;Carolina lupine;tipu
bird's foot trefoil, Trigonella ornithopodioides;fenugreek, Greek clover;gorse;vetch;tufted vetch
broad bean, fava bean;bitter betch;bush vetch;moth bean;snailflower;mung;cowpea, cowpea plant
cowpea, black-eyed pea;asparagus bean;swamp oak;keurboom, Virgilia capensis;keurboom, Virgilia divaricata
Japanese wistaria;Chinese wistaria;American wistaria;silky wisteria;palm;sago palm;feather palm;fan palm
palmetto;coyol;grugru;areca;betel palm;sugar palm;piassava palm;coquilla nut;palmyra;calamus
rattan, rattan palm;lawyer cane;fishtail palm;wine palm;wax palm;coconut, coconut palm;carnauba;caranday
corozo;gebang palm;latanier;talipot;oil palm;African oil palm;American oil palm;palm nut
cabbage palm, Euterpe oleracea;cabbage palm, cabbage tree;true sago palm;nipa palm;babassu;babassu nut
cohune palm;cohune nut;date palm;ivory palm;raffia palm;bamboo palm;lady palm;miniature fan palm;reed rhapis
royal palm;cabbage palm, Roystonea oleracea;cabbage palmetto;saw palmetto;thatch palm;key palm
English plantain;broad-leaved plantain;hoary plantain, Plantago media;fleawort;rugel's plantain
hoary plantain, Plantago virginica;buckwheat, Polygonum fagopyrum;prince's-feather, princess feather
eriogonum;umbrella plant, Eriogonum allenii;wild buckwheat;rhubarb;Himalayan rhubarb;pie plant
Chinese rhubarb;sour dock;sheep sorrel;bitter dock;French sorrel, garden sorrel;yellow-eyed grass;commelina
spiderwort;pineapple, pineapple plant;pipewort;water hyacinth;water star grass;naiad;water plantain
narrow-leaved water plantain;hydrilla;American frogbit;waterweed;Canadian pondweed;tape grass;pondweed
curled leaf pondweed;loddon pondweed;frog's lettuce;arrow grass;horned pondweed;eelgrass;rose, rosebush;hip
banksia rose;damask rose;sweetbrier;Cherokee rose;musk rose;agrimonia;harvest-lice;fragrant agrimony
alderleaf Juneberry;flowering quince;japonica, maule's quince;coco plum;cotoneaster;Cotoneaster dammeri
Cotoneaster horizontalis;parsley haw;scarlet haw;blackthorn;cockspur thorn;mayhaw;red haw, downy haw
red haw, Crataegus pedicellata;quince, quince bush;mountain avens;loquat, loquat tree;beach strawberry
Virginia strawberry;avens;yellow avens, Geum alleppicum strictum;yellow avens, Geum macrophyllum
prairie smoke;bennet;toyon;apple tree;apple, orchard apple tree;wild apple;crab apple, crabapple
Siberian crab;wild crab;American crab apple;Oregon crab apple;Southern crab apple;Iowa crab;Bechtel crab
medlar, medlar tree;cinquefoil, five-finger;silverweed, goose-tansy;salad burnet, burnet bloodwort
plum, plum tree;wild plum;Allegheny plum;American red plum;chickasaw plum;beach plum, beach plum bush
common plum;bullace;damson plum;big-tree plum;Canada plum;plumcot, plumcot tree;apricot, apricot tree
Japanese apricot;common apricot;purple apricot;cherry, cherry tree;wild cherry, wild cherry tree;wild cherry
sweet cherry, Prunus avium;heart cherry, oxheart;gean;capulin, capulin tree;cherry laurel, laurel cherry
cherry plum;sour cherry, sour cherry tree;amarelle, Prunus cerasus caproniana
morello, Prunus cerasus austera;marasca;almond tree;almond, sweet almond;bitter almond;jordan almond
dwarf flowering almond;holly-leaved cherry;fuji;flowering almond, oriental bush cherry
cherry laurel, laurel cherry;Catalina cherry;bird cherry;hagberry tree;hagberry;pin cherry;peach, peach tree
nectarine, nectarine tree;sand cherry;Japanese plum;black cherry;flowering cherry;oriental cherry
Japanese flowering cherry;Sierra plum;rosebud cherry;Russian almond;flowering almond, Prunus triloba
chokecherry, chokecherry tree;chokecherry;western chokecherry;Pyracantha;pear, pear tree;fruit tree
bramble bush;lawyerbush;stone bramble;sand blackberry;boysenberry, boysenberry bush
loganberry, Rubus loganobaccus;American dewberry;Northern dewberry;Southern dewberry;swamp dewberry
European dewberry;raspberry, raspberry bush;wild raspberry;American raspberry;black raspberry
salmonberry, Rubus spectabilis;salmonberry, salmon berry;wineberry;mountain ash;rowan;rowanberry
American mountain ash;Western mountain ash;service tree;wild service tree;spirea, spiraea
bridal wreath, bridal-wreath;madderwort;Indian madder;madder;woodruff;dagame;blolly;coffee, coffee tree
Arabian coffee;Liberian coffee;robusta coffee;cinchona, chinchona;Cartagena bark;calisaya;cinchona tree
cinchona, cinchona bark;bedstraw;sweet woodruff, waldmeister;Northern bedstraw;yellow bedstraw
wild licorice, Galium lanceolatum;cleavers;wild madder;cape jasmine;genipa;genipap fruit;hamelia
scarlet bush;lemonwood;negro peach;wild medlar;Spanish tamarind;abelia;bush honeysuckle;American twinflower
honeysuckle;American fly honeysuckle;Italian honeysuckle;yellow honeysuckle;hairy honeysuckle
Japanese honeysuckle;Hall's honeysuckle;Morrow's honeysuckle;woodbine;trumpet honeysuckle
European fly honeysuckle;swamp fly honeysuckle;snowberry;coralberry, Indian currant;blue elder;dwarf elder
American red elder;European red elder;feverroot;cranberry bush;wayfaring tree;guelder rose;arrow wood
black haw;weigela;teasel;common teasel;fuller's teasel;wild teasel;scabious;sweet scabious;field scabious
jewelweed;geranium;cranesbill;wild geranium;meadow cranesbill;Richardson's geranium;herb robert
sticky geranium;dove's foot geranium;rose geranium;fish geranium;ivy geranium;apple geranium;lemon geranium
storksbill;musk clover;incense tree;elephant tree;gumbo-limbo;Boswellia carteri;salai;balm of gilead
myrrh tree;Protium heptaphyllum;Protium guianense;water starwort;barbados cherry;mahogany;chinaberry;neem
neem seed;Spanish cedar;satinwood;African scented mahogany;silver ash;native beech;bunji-bunji
African mahogany;lanseh tree;true mahogany;Honduras mahogany;Philippine mahogany;caracolito
common wood sorrel;Bermuda buttercup;creeping oxalis;goatsfoot;violet wood sorrel;oca
carambola, carambola tree;bilimbi;milkwort;senega;orange milkwort;flowering wintergreen;Seneca snakeroot
common milkwort;rue, herb of grace;citrus, citrus tree;orange, orange tree;sour orange;bergamot
pomelo, pomelo tree;citron, citron tree;grapefruit, Citrus paradisi;mandarin, mandarin orange
tangerine, tangerine tree;clementine, clementine tree;satsuma, satsuma tree;sweet orange, sweet orange tree
temple orange, temple orange tree;tangelo, tangelo tree;rangpur;lemon, lemon tree;sweet lemon
lime, lime tree;citrange, citrange tree;fraxinella;kumquat, cumquat;marumi;nagami
cork tree, Phellodendron amurense;trifoliate orange;prickly ash;toothache tree;Hercules'-club
bitterwood tree;marupa;paradise tree;ailanthus;tree of heaven;wild mango;pepper tree, Kirkia wilmsii
Jamaica quassia;quassia;nasturtium;garden nasturtium;bush nasturtium;canarybird flower;bean caper;palo santo
lignum vitae;creosote bush;caltrop;willow;osier;white willow;silver willow;golden willow;cricket-bat willow
arctic willow;weeping willow;Wisconsin weeping willow;pussy willow;sallow;goat willow;peachleaf willow
almond willow;hoary willow;crack willow;prairie willow;dwarf willow;grey willow;arroyo willow;shining willow
swamp willow;bay willow;purple willow;balsam willow;creeping willow;Sitka willow;dwarf grey willow
bearberry willow;common osier;poplar;balsam poplar;white poplar;grey poplar;black poplar;Lombardy poplar
cottonwood;Eastern cottonwood;black cottonwood;swamp cottonwood;aspen;quaking aspen;American quaking aspen
Canadian aspen;sandalwood tree;quandong, quandang;rabbitwood;Loranthaceae;mistletoe, Loranthus europaeus
American mistletoe, Arceuthobium pusillum;mistletoe, Viscum album;American mistletoe, Phoradendron serotinum
aalii;soapberry;wild China tree;China tree;akee;soapberry vine;heartseed;balloon vine;longan;harpullia
harpulla;Moreton Bay tulipwood;litchi, lichee;Spanish lime;rambutan, rambotan;pulasan, pulassan;pachysandra
Allegheny spurge;bittersweet;spindle tree;winged spindle tree;wahoo, burning bush;strawberry bush
evergreen bittersweet;cyrilla;titi, buckwheat tree;crowberry;maple;silver maple;sugar maple;red maple
moosewood;Oregon maple;dwarf maple;mountain maple;vine maple;hedge maple;Norway maple;sycamore, great maple
box elder;California box elder;pointed-leaf maple;Japanese maple, full moon maple
Japanese maple, Acer palmatum;holly;Chinese holly;bearberry, possum haw;inkberry;mate, Paraguay tea
American holly;low gallberry holly;tall gallberry holly;yaupon holly;deciduous holly;juneberry holly
largeleaf holly;Geogia holly;common winterberry holly;smooth winterberry holly;cashew, cashew tree
goncalo alves;Venetian sumac;laurel sumac;mango, mango tree;pistachio, Pistacia vera;terebinth;mastic
Australian sumac;sumac;smooth sumac;sugar-bush;staghorn sumac;squawbush;aroeira blanca;pepper tree, molle
Brazilian pepper tree;hog plum, yellow mombin;mombin, mombin tree;poison ash;poison ivy;western poison oak
eastern poison oak;varnish tree;horse chestnut;buckeye;sweet buckeye;Ohio buckeye;dwarf buckeye;red buckeye
particolored buckeye;ebony;marblewood, marble-wood;marblewood, marble-wood;persimmon, persimmon tree
Japanese persimmon;American persimmon;date plum;buckthorn;southern buckthorn;false buckthorn;star apple
satinleaf;balata;sapodilla, sapodilla tree;gutta-percha tree, Palaquium gutta;gutta-percha tree
canistel, canistel tree;marmalade tree;sweetleaf;Asiatic sweetleaf;styrax;snowbell;Japanese snowbell
Texas snowbell;silver-bell tree;carnivorous plant;pitcher plant;common pitcher plant;hooded pitcher plant
huntsman's horn;tropical pitcher plant;sundew;Venus's flytrap;waterwheel plant;Drosophyllum lusitanicum
roridula;Australian pitcher plant;sedum;stonecrop;rose-root;orpine;pinwheel, Aeonium haworthii
Christmas bush;hortensia;fall-blooming hydrangea;carpenteria;decumary;deutzia;philadelphus;mock orange
saxifrage;yellow mountain saxifrage;meadow saxifrage;mossy saxifrage;western saxifrage;purple saxifrage
star saxifrage;strawberry geranium;astilbe;false goatsbeard;dwarf astilbe;spirea, spiraea;bergenia
coast boykinia;golden saxifrage;umbrella plant, Indian rhubarb;bridal wreath, bridal-wreath;alumroot
coralbells;leatherleaf saxifrage;woodland star;prairie star;miterwort;five-point bishop's cap;parnassia
bog star;fringed grass of Parnassus;false alumroot;foamflower;false miterwort;pickaback plant
currant, currant bush;black currant, European black currant;white currant;gooseberry, gooseberry bush
plane tree;London plane;American sycamore;oriental plane;California sycamore;Arizona sycamore;Greek valerian
northern Jacob's ladder;skunkweed;phlox;moss pink;evening-snow;acanthus;bear's breech;caricature plant
black-eyed Susan, black-eyed Susan vine;catalpa;Catalpa bignioides;Catalpa speciosa;desert willow
calabash, calabash tree;calabash;borage, tailwort;common amsinckia;anchusa;bugloss
cape forget-me-not, Anchusa capensis;cape forget-me-not, Anchusa riparia;Spanish elm;princewood
Chinese forget-me-not;hound's-tongue, Cynoglossum officinale;hound's-tongue, Cynoglossum virginaticum
blueweed;beggar's lice;gromwell;puccoon;Virginia bluebell;garden forget-me-not;forget-me-not;false gromwell
comfrey, cumfrey;common comfrey;convolvulus;bindweed;field bindweed;scammony, Convolvulus scammonia
silverweed;dodder;dichondra;cypress vine;moonflower;wild potato vine;red morning-glory;man-of-the-earth
scammony, Ipomoea orizabensis;Japanese morning glory;imperial Japanese morning glory;gesneriad;gesneria
achimenes;aeschynanthus;lace-flower vine;columnea;episcia;gloxinia;Canterbury bell, Gloxinia perennis
kohleria;African violet;streptocarpus;Cape primrose;waterleaf;Virginia waterleaf;yellow bells;yerba santa
nemophila;baby blue-eyes;five-spot;scorpionweed;California bluebell, Phacelia campanularia
California bluebell, whitlavia;fiddleneck;fiesta flower;basil thyme;giant hyssop;yellow giant hyssop
anise hyssop;Mexican hyssop;bugle, bugleweed;creeping bugle;erect bugle;pyramid bugle;wood mint
hairy wood mint;downy wood mint;calamint;common calamint;large-flowered calamint;lesser calamint;wild basil
horse balm;coleus;country borage;painted nettle;Apalachicola rosemary;dragonhead;elsholtzia;hemp nettle
ground ivy;pennyroyal, American pennyroyal;hyssop, Hyssopus officinalis;dead nettle;white dead nettle;henbit
English lavender;French lavender;spike lavender;dagga;lion's-ear;motherwort
pitcher sage, Lepechinia calycina;bugleweed;water horehound;gipsywort;origanum;oregano;sweet marjoram
horehound;common horehound;lemon balm, garden balm;corn mint;water-mint;bergamot mint
horsemint, Mentha longifolia;peppermint, Mentha piperita;spearmint;apple mint;pennyroyal, Mentha pulegium
yerba buena;molucca balm;monarda;bee balm, beebalm;horsemint, Monarda punctata;bee balm, beebalm;lemon mint
plains lemon monarda;basil balm;mustang mint;catmint;basil;beefsteak plant;phlomis;Jerusalem sage
physostegia;plectranthus;patchouli, patchouly;self-heal;mountain mint;rosemary, Rosmarinus officinalis
clary sage, Salvia clarea;purple sage;cancerweed;common sage;meadow clary;clary
pitcher sage, Salvia spathacea;Mexican mint;wild sage;savory;summer savory, Satureja hortensis
winter savory, Satureja montana;skullcap, helmetflower;blue pimpernel;hedge nettle, dead nettle
hedge nettle, Stachys palustris;germander;American germander;cat thyme;wood sage;thyme;common thyme
wild thyme;blue curls;turpentine camphor weed;bastard pennyroyal;bladderwort;butterwort;genlisea;martynia
common unicorn plant;sand devil's claw;sweet unicorn plant;figwort;snapdragon;white snapdragon
yellow twining snapdragon;Mediterranean snapdragon;kitten-tails;Alpine besseya
false foxglove, Aureolaria pedicularia;false foxglove, Aureolaria virginica;calceolaria;Indian paintbrush
desert paintbrush;giant red paintbrush;great plains paintbrush;sulfur paintbrush;shellflower, shell-flower
maiden blue-eyed Mary;blue-eyed Mary;foxglove;common foxglove;yellow foxglove;gerardia;blue toadflax
toadflax;golden-beard penstemon;scarlet bugler;red shrubby penstemon;Platte River penstemon
hot-rock penstemon;Jones' penstemon;shrubby penstemon;narrow-leaf penstemon;balloon flower;Parry's penstemon
rock penstemon;Rydberg's penstemon;cascade penstemon;Whipple's penstemon;moth mullein;white mullein
purple mullein;common mullein;veronica;field speedwell;brooklime, American brooklime;corn speedwell
brooklime, European brooklime;germander speedwell;water speedwell;common speedwell;purslane speedwell
thyme-leaved speedwell;nightshade;horse nettle;African holly;potato vine, Solanum jasmoides
garden huckleberry;naranjilla;potato vine, giant potato creeper;potato tree;belladonna;bush violet
lady-of-the-night;angel's trumpet, maikoa;angel's trumpet, Brugmansia suaveolens;red angel's trumpet
cone pepper;bird pepper;day jessamine;night jasmine;tree tomato;thorn apple;jimsonweed;pichi;henbane
Egyptian henbane;matrimony vine;common matrimony vine;Christmasberry;plum tomato;mandrake;mandrake root
apple of Peru;flowering tobacco;common tobacco;wild tobacco;cupflower;whitecup;petunia;large white petunia
violet-flowered petunia;hybrid petunia;cape gooseberry;strawberry tomato;tomatillo, jamberry
tomatillo, miltomate;yellow henbane;cock's eggs;salpiglossis;painted tongue;butterfly flower
Scopolia carniolica;chalice vine;verbena;lantana;black mangrove, Avicennia marina
white mangrove, Avicennia officinalis;black mangrove, Aegiceras majus;teak;spurge;sun spurge;petty spurge
medusa's head;wild spurge;snow-on-the-mountain;cypress spurge;leafy spurge;hairy spurge;poinsettia
Japanese poinsettia;fire-on-the-mountain;wood spurge;dwarf spurge;scarlet plume;naboom;crown of thorns
toothed spurge;three-seeded mercury;croton;cascarilla;cascarilla bark;castor-oil plant;spurge nettle
physic nut;Para rubber tree;cassava, casava;bitter cassava;cassava, manioc;sweet cassava
candlenut, varnish tree;tung tree;slipper spurge;candelilla;Jewbush;jumping bean;camellia
japonica, Camellia japonica;umbellifer;wild parsley;fool's parsley;dill, Anethum graveolens
angelica, angelique;garden angelica;wild angelica;chervil, beaked parsley;cow parsley;wild celery;astrantia
greater masterwort;caraway, Carum carvi;whorled caraway;water hemlock;spotted cowbane
hemlock, poison hemlock;earthnut;cumin, Cuminum cyminum;wild carrot;eryngo;sea holly;button snakeroot
rattlesnake master;fennel;common fennel;Florence fennel;cow parsnip;lovage, Levisticum officinale
sweet cicely, Myrrhis odorata;water fennel;parsnip, Pastinaca sativa;cultivated parsnip;wild parsnip
parsley, Petroselinum crispum;Italian parsley;Hamburg parsley;anise, anise plant;sanicle;purple sanicle
European sanicle;water parsnip;greater water parsnip;skirret;dogwood;common white dogwood;red osier
silky dogwood;silky cornel;common European dogwood;bunchberry;cornelian cherry;puka, Griselinia lucida
kapuka;valerian;common valerian;common corn salad;red valerian;filmy fern;bristle fern
hare's-foot bristle fern;Killarney fern;kidney fern;flowering fern, osmund;royal fern;interrupted fern
crape fern;crepe fern;curly grass;pine fern;climbing fern;creeping fern;climbing maidenhair;scented fern
clover fern;nardoo;water clover;pillwort;regnellidium;floating-moss;mosquito fern;adder's tongue
ribbon fern, Ophioglossum pendulum;grape fern;daisyleaf grape fern;leathery grape fern;rattlesnake fern
flowering fern, Helminthostachys zeylanica;powdery mildew;Dutch elm fungus;ergot;rye ergot
black root rot fungus;dead-man's-fingers;sclerotinia;brown cup;earthball;Scleroderma citrinum
Scleroderma flavidium;Scleroderma bovista;Podaxaceae;stalked puffball;stalked puffball;false truffle
Rhizopogon idahoensis;Truncocolumella citrina;mucor;rhizopus;bread mold;slime mold;true slime mold
cellular slime mold;dictostylium;pond-scum parasite;potato wart fungus;white fungus;water mold;downy mildew
blue mold fungus;onion mildew;tobacco mildew;white rust;pythium;damping off fungus;Phytophthora citrophthora
Phytophthora infestans;clubroot fungus;Geglossaceae;Sarcosomataceae;Rufous rubber cup;devil's cigar
devil's urn;truffle, earthnut;club fungus;coral fungus;tooth fungus;lichen;ascolichen;basidiolichen;lecanora
manna lichen;archil;roccella;beard lichen;horsehair lichen;reindeer moss;crottle;Iceland moss;fungus
promycelium;true fungus;basidiomycete;mushroom;agaric;mushroom;mushroom;toadstool;horse mushroom
meadow mushroom;shiitake;scaly lentinus;royal agaric;false deathcap;fly agaric;death cap;blushing mushroom
destroying angel;chanterelle;floccose chanterelle;pig's ears;cinnabar chanterelle;jack-o-lantern fungus
inky cap;shaggymane;milkcap;fairy-ring mushroom;fairy ring;oyster mushroom;olive-tree agaric
Pholiota astragalina;Pholiota aurea;Pholiota destruens;Pholiota flammans;Pholiota flavida;nameko
Pholiota squarrosa-adiposa;Pholiota squarrosa;Pholiota squarrosoides;Stropharia ambigua
Stropharia hornemannii;Stropharia rugoso-annulata;gill fungus;Entoloma lividum;Entoloma aprile
Chlorophyllum molybdites;lepiota;parasol mushroom;poisonous parasol;Lepiota naucina;Lepiota rhacodes
American parasol;Lepiota rubrotincta;Lepiota clypeolaria;onion stem;pink disease fungus;bottom rot fungus
potato fungus;coffee fungus;blewits;sandy mushroom;Tricholoma pessundatum;Tricholoma sejunctum
man-on-a-horse;Tricholoma venenata;Tricholoma pardinum;Tricholoma vaccinum;Tricholoma aurantium
Volvaria bombycina;Pluteus aurantiorugosus;Pluteus magnus;deer mushroom;straw mushroom;Volvariella bombycina
Clitocybe clavipes;Clitocybe dealbata;Clitocybe inornata;Clitocybe robusta;Clitocybe irina
Clitocybe subconnexa;winter mushroom;mycelium;sclerotium;sac fungus;ascomycete;Clavicipitaceae;grainy club
yeast;baker's yeast;wine-maker's yeast;Aspergillus fumigatus;brown root rot fungus;discomycete
Leotia lubrica;Mitrula elegans;Sarcoscypha coccinea;Caloscypha fulgens;Aleuria aurantia;elf cup
Peziza domicilina;blood cup;Urnula craterium;Galiella rufa;Jafnea semitosta;morel;common morel
Disciotis venosa;Verpa;Verpa bohemica;Verpa conica;black morel;Morchella crassipes;Morchella semilibera
Wynnea americana;Wynnea sparassoides;false morel;lorchel;helvella;Helvella crispa;Helvella acetabulum
Helvella sulcata;discina;gyromitra;Gyromitra californica;Gyromitra sphaerospora;Gyromitra esculenta
Gyromitra infula;Gyromitra fastigiata;Gyromitra gigas;gasteromycete;stinkhorn;common stinkhorn
Phallus ravenelii;dog stinkhorn;Calostoma lutescens;Calostoma cinnabarina;Calostoma ravenelii;stinky squid
puffball;giant puffball;earthstar;Geastrum coronatum;Radiigera fuscogleba;Astreus pteridis
Astreus hygrometricus;bird's-nest fungus;Gastrocybe lateritia;Macowanites americanus;polypore;bracket fungus
Albatrellus dispansus;Albatrellus ovinus;Neolentinus ponderosus;Oligoporus leucospongia;Polyporus tenuiculus
hen-of-the-woods;Polyporus squamosus;beefsteak fungus;agaric, Fomes igniarius;bolete;Boletus chrysenteron
Boletus edulis;Frost's bolete;Boletus luridus;Boletus mirabilis;Boletus pallidus;Boletus pulcherrimus
Boletus pulverulentus;Boletus roxanae;Boletus subvelutipes;Boletus variipes;Boletus zelleri
Fuscoboletinus paluster;Fuscoboletinus serotinus;Leccinum fibrillosum;Suillus albivelatus
old-man-of-the-woods;Boletellus russellii;jelly fungus;snow mushroom;witches' butter;Tremella foliacea
Tremella reticulata;Jew's-ear;rust;aecium;flax rust;blister rust;wheat rust;apple rust;smut;covered smut
loose smut;cornsmut;boil smut;Sphacelotheca;head smut;bunt, Tilletia caries;bunt, stinking smut;onion smut
flag smut fungus;wheat flag smut;felt fungus;waxycap;Hygrocybe acutoconica;Hygrophorus borealis
Hygrophorus caeruleus;Hygrophorus inocybiformis;Hygrophorus kauffmanii;Hygrophorus marzuolus
Hygrophorus purpurascens;Hygrophorus russula;Hygrophorus sordidus;Hygrophorus tennesseensis
Hygrophorus turundus;Neohygrophorus angelesianus;Cortinarius armillatus;Cortinarius atkinsonianus
Cortinarius corrugatus;Cortinarius gentilis;Cortinarius mutabilis;Cortinarius semisanguineus
Cortinarius subfoetidus;Cortinarius violaceus;Gymnopilus spectabilis;Gymnopilus validipes
Gymnopilus ventricosus;mold, mould;mildew;verticillium;monilia;candida;Candida albicans;blastomycete
yellow spot fungus;green smut fungus;dry rot;rhizoctinia;houseplant;bedder;succulent;cultivar;weed;wort
brier;aril;sporophyll;sporangium;sporangiophore;ascus;ascospore;arthrospore;eusporangium;tetrasporangium
gametangium;sorus;sorus;partial veil;lignum;vascular ray;phloem;evergreen;deciduous plant;poisonous plant
vine;creeper;tendril;root climber;lignosae;arborescent plant;snag;tree;timber tree;treelet;arbor;bean tree
pollard;sapling;shade tree;gymnospermous tree;conifer;angiospermous tree;nut tree;spice tree;fever tree
stump, tree stump;bonsai;ming tree;ming tree;undershrub;subshrub;bramble;liana;geophyte;desert plant
mesophyte;marsh plant;hemiepiphyte;strangler;lithophyte;saprobe;autophyte;root;taproot;prop root;prophyll
rootstock;quickset;stolon;tuberous plant;rhizome;rachis;caudex;cladode;receptacle;scape;umbel;petiole
peduncle;pedicel;flower cluster;raceme;panicle;thyrse;cyme;cymule;glomerule;scorpioid cyme;ear;spadix
bulbous plant;bulbil;cormous plant;fruit;fruitlet;seed;bean;nut;nutlet;kernel, meat;syconium;berry
aggregate fruit;simple fruit;acinus;drupe;drupelet;pome;pod, seedpod;loment;pyxidium;husk;cornhusk;pod, cod
accessory fruit;buckthorn;buckthorn berry;cascara buckthorn;cascara;Carolina buckthorn;coffeeberry;redberry
nakedwood;jujube, jujube bush;Christ's-thorn;hazel;fox grape, Vitis labrusca;muscadine, Vitis rotundifolia
vinifera;Pinot blanc;Sauvignon grape;Sauvignon blanc;Muscadet;Riesling;Zinfandel;Chenin blanc;malvasia
Verdicchio;Boston ivy;Virginia creeper;true pepper;betel;cubeb;schizocarp;peperomia;watermelon begonia
yerba mansa;pinna;frond;bract;bracteole;involucre;glume;palmate leaf;pinnate leaf;bijugate leaf
decompound leaf;acuminate leaf;deltoid leaf;ensiform leaf;linear leaf;lyrate leaf;obtuse leaf
oblanceolate leaf;pandurate leaf;reniform leaf;spatulate leaf;even-pinnate leaf;odd-pinnate leaf;pedate leaf
crenate leaf;dentate leaf;denticulate leaf;erose leaf;runcinate leaf;prickly-edged leaf;deadwood;haulm
branchlet;osier;giant scrambling fern;umbrella fern;floating fern;polypody;licorice fern;grey polypody
leatherleaf, leathery polypody;rock polypody;common polypody;bear's-paw fern;strap fern;Florida strap fern
basket fern, Drynaria rigidula;snake polypody;climbing bird's nest fern;golden polypody;staghorn fern
South American staghorn;common staghorn fern;felt fern;potato fern, Solanopteris bifrons;myrmecophyte
grass fern;spleenwort;black spleenwort;bird's nest fern;ebony spleenwort;black-stem spleenwort;walking fern
green spleenwort;mountain spleenwort;lobed spleenwort;lanceolate spleenwort
hart's-tongue, hart's-tongue fern;scale fern;scolopendrium;deer fern;doodia;chain fern;Virginia chain fern
silver tree fern;davallia;hare's-foot fern;Canary Island hare's foot fern;squirrel's-foot fern;bracken
soft tree fern;Scythian lamb;false bracken;thyrsopteris;shield fern;broad buckler-fern;fragrant cliff fern
Goldie's fern;wood fern;male fern;marginal wood fern;mountain male fern;lady fern;Alpine lady fern
silvery spleenwort, glade fern;holly fern, Cyrtomium aculeatum;bladder fern;brittle bladder fern
mountain bladder fern;bulblet fern;silvery spleenwort, Deparia acrostichoides;oak fern;limestone fern
ostrich fern;hart's-tongue, hart's-tongue fern;sensitive fern;Christmas fern;holly fern;Braun's holly fern
western holly fern;soft shield fern;leather fern;button fern, Tectaria cicutaria;Indian button fern;woodsia
rusty woodsia;Alpine woodsia;smooth woodsia;Boston fern;basket fern, toothed sword fern
golden fern, leather fern;maidenhair;common maidenhair;American maidenhair fern;Bermuda maidenhair
brittle maidenhair;Farley maidenhair;annual fern;lip fern;smooth lip fern;lace fern;wooly lip fern
southwestern lip fern;bamboo fern;American rock brake;European parsley fern;hand fern;cliff brake
coffee fern;purple rock brake;bird's-foot fern;button fern, Pellaea rotundifolia;silver fern
golden fern, Pityrogramma calomelanos aureoflava;gold fern;Pteris cretica;spider brake
ribbon fern, spider fern;potato fern, Marattia salicina;angiopteris;skeleton fork fern;horsetail
common horsetail;swamp horsetail;scouring rush;marsh horsetail;wood horsetail;variegated horsetail;club moss
shining clubmoss;alpine clubmoss;fir clubmoss;ground cedar;ground fir;foxtail grass;spikemoss
meadow spikemoss;desert selaginella;resurrection plant;florida selaginella;quillwort;earthtongue
snuffbox fern;christella;mountain fern;New York fern;Massachusetts fern;beech fern;broad beech fern
long beech fern;shoestring fungus;Armillaria caligata;Armillaria ponderosa;Armillaria zelleri;honey mushroom
milkweed, silkweed;white milkweed;poke milkweed;swamp milkweed;Mead's milkweed;purple silkweed
showy milkweed;poison milkweed;butterfly weed;whorled milkweed;cruel plant;wax plant;silk vine;stapelia
Stapelias asterias;stephanotis;Madagascar jasmine;negro vine;zygospore;tree of knowledge;orangery;pocketbook
shit;cordage;yard, pace;extremum;leaf shape;equilateral;figure;pencil;plane figure;solid figure;line;bulb
convex shape;concave shape;cylinder;round shape;heart;polygon;convex polygon;concave polygon
reentrant polygon;amorphous shape;closed curve;simple closed curve;S-shape;wave, undulation;extrados
hook, crotchet;envelope;bight;diameter;cone;funnel, funnel shape;oblong;circle;circle;equator
scallop, crenation;ring, halo;loop;bight;helix;element of a cone;element of a cylinder;ellipse;quadrate
triangle, trigon;acute triangle;isosceles triangle;obtuse triangle;right triangle;scalene triangle;parallel
trapezoid;star;pentagon;hexagon;heptagon;octagon;nonagon;decagon;rhombus;spherical polygon
spherical triangle;convex polyhedron;concave polyhedron;cuboid;quadrangular prism;bell, bell shape
angular distance;true anomaly;spherical angle;angle of refraction;acute angle;groove;rut;bulge;belly
bow, arc;crescent;ellipsoid;hypotenuse;balance, equilibrium;conformation;symmetry;spheroid;spherule;toroid
column, tower;barrel, drum;pipe, tube;pellet;bolus;dewdrop;ridge;rim;taper;boundary;incisure;notch;wrinkle
dermatoglyphic;frown line;line of life;line of heart;crevice;cleft;roulette, line roulette;node
tree, tree diagram;stemma;brachium;fork, crotch;block, cube;ovoid;tetrahedron;pentahedron;hexahedron
regular polyhedron;polyhedral angle;cube;truncated pyramid;truncated cone;tail;tongue, knife;trapezohedron
wedge, wedge shape;keel;place;herpes;chlamydia;wall;micronutrient;chyme;ragweed pollen;pina cloth
chlorobenzylidenemalononitrile;carbon;charcoal, wood coal;rock, stone;gravel;aflatoxin;alpha-tocopheral
leopard;bricks and mortar;lagging;hydraulic cement;choline;concrete;glass wool;soil;high explosive;litter
fish meal;Greek fire;culture medium;agar;blood agar;hip tile;hyacinth;hydroxide ion;ice, water ice;inositol
linoleum;lithia water;lodestone;pantothenic acid;paper;papyrus;pantile;blacktop;tarmacadam, tarmac;paving
plaster;poison gas;ridge tile;roughcast;sand;spackle;render;wattle and daub;stucco;tear gas;toilet tissue
linseed;vitamin;fat-soluble vitamin;water-soluble vitamin;vitamin A;vitamin A1;vitamin A2;B-complex vitamin
vitamin B1;vitamin B12;vitamin B2;vitamin B6;vitamin Bc;niacin;vitamin D;vitamin E;biotin;vitamin K
vitamin K1;vitamin K3;vitamin P;vitamin C;planking;chipboard;knothole)";

}  // namespace lathe::image
